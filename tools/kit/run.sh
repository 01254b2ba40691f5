#!/bin/sh
# Runs numeric parity on a machine without a package index: checks the kit, unpacks it beside this file, runs, and
# leaves results.json and log.txt in a folder. Needs: python3 (of the kit's version) with torch and numpy, tar, xz, and
# nvcc for CUDA. usage: ./run.sh [RESULTS_DIR [arguments of `passlab parity`]]; PYTHON=... picks another interpreter.
set -u
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
results=${1:-$here/results}
[ $# -gt 0 ] && shift

fail() { echo "kit: error: $1" >&2; echo "next: $2" >&2; exit 2; }

cd "$here" || exit 2
sha256sum --check --quiet MANIFEST.sha256 >/dev/null 2>&1 || fail "a file is damaged or missing" "copy the kit again"
wanted=$(cat PYTHON)
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || fail "no $python" "PYTHON=/path/to/python ./run.sh"
[ "$wanted" = "$found" ] || fail "this kit is for Python $wanted; $python is $found" "tools/kit.py --python $found"
"$python" -c 'import torch, numpy' 2>/dev/null || fail "$python has no torch or no numpy" "PYTHON=/path/to/python ./run.sh"

work=$here/work
if ! cmp -s MANIFEST.sha256 "$work/MANIFEST.sha256"; then
    rm -rf "$work" && mkdir -p "$work/site" "$work/project" "$work/bin" || fail "cannot write $work" "move the kit"
    tar -xJf site.tar.xz -C "$work/site" && tar -xJf project.tar.xz -C "$work/project" || fail "unpacking failed" "df ."
    printf '#!/bin/sh\nexec %s -m tl_passlab.cli "$@"\n' "$python" >"$work/bin/passlab"
    chmod +x "$work/bin/passlab"
    cp MANIFEST.sha256 "$work/"
fi
export PYTHONPATH="$work/site:$work/project${PYTHONPATH:+:$PYTHONPATH}"
export PATH="$work/bin:$PATH:/usr/local/cuda/bin"
mkdir -p "$results" || fail "cannot write $results" "./run.sh /another/folder"
results=$(cd "$results" && pwd)
cd "$work/project" || exit 2
{
    passlab devices
    passlab parity --out "$results" "$@"
    echo $? >"$results/exit-code"
} 2>&1 | tee "$results/log.txt"
exit "$(cat "$results/exit-code")"
