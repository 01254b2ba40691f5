"""What a golden costs over a test that reads a file and compares. Aim: linear in the number, under 3x for each.

Both contenders are the same pytest run over the same files; one compares with `==`, the other with the `golden`
fixture. The cost of one snapshot is the processor time of the run without that of an empty run, through their number.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from _interleaved import Times, child_cpu, interleaved, median_ms

COUNTS = (250, 1_000, 4_000)
ROUNDS = {0: 3, 250: 3, 1_000: 3, 4_000: 1}
LINES = 200
FOLDER = "goldens/0.1.15/cuda_sm_80/bench"
NAME = "LowerTileOp.diff"
SETTINGS = '[tool.pytest.ini_options]\naddopts = "--snapshot-disable-unused -p no:cacheprovider"\n'
HEAD = f"""
from pathlib import Path
import pytest
from tl_passlab import goldens

ROOT = Path(__file__).parent / {FOLDER!r}

def content(index):
    lines = (f" {{k}} of case {{index}}: T.copy(A[by * 64, ko * 32], A_shared[ko % 3, 0, 0])" for k in range({LINES}))
    return "\\n".join(lines) + "\\n"
"""
PLAIN = """
@pytest.mark.parametrize("index", range({count}))
def test_snapshot(index):
    assert (ROOT / f"case_{{index}}" / {name!r}).read_text() == content(index)
"""
OURS = """
def explain(stored):
    raise AssertionError("equal goldens need no explanation")

@pytest.mark.parametrize("index", range({count}))
def test_snapshot(index, golden):
    golden(ROOT / f"case_{{index}}" / {name!r}, content(index), explain)
"""


def write_project(folder: Path, count: int) -> None:
    """A project with so many goldens and the two test files that read them."""
    (folder / "pyproject.toml").write_text(SETTINGS)
    for name, body in (("plain", PLAIN), ("ours", OURS)):
        (folder / f"test_{name}_{count}.py").write_text(HEAD + body.format(count=count, name=NAME))
    made: dict[str, object] = {}
    exec(HEAD.replace("__file__", repr(str(folder / "x.py"))), made)
    for index in range(count):
        path = folder / FOLDER / f"case_{index}" / NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made["content"](index))  # type: ignore[operator]


def run(folder: Path, name: str, count: int) -> None:
    """One pytest run of one of the test files; it must pass."""
    command = [sys.executable, "-m", "pytest", "-q", f"test_{name}_{count}.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 5):  # 5: no tests, of the empty run
        raise SystemExit(done.stdout + done.stderr)


def measure(folder: Path, count: int) -> Times:
    """Both contenders over so many snapshots."""
    write_project(folder, count)
    contenders = {name: partial(run, folder, name, count) for name in ("plain", "ours")}
    return interleaved(contenders, ROUNDS[count], warm_up=0, clock=child_cpu)


def main() -> None:
    """Print one row for each number of snapshots."""
    with tempfile.TemporaryDirectory(prefix="passlab-bench-") as name:
        folder = Path(name)
        empty = measure(folder, 0)
        print(f"processor time of one snapshot of {LINES} lines; aim 3.00")
        print(f"{'snapshots':>9} {'plain ms':>9} {'ours ms':>9} {'ratio':>6}")
        for count in COUNTS:
            times = measure(folder, count)
            plain, ours = ((median_ms(times, n) - median_ms(empty, n)) / count for n in ("plain", "ours"))
            print(f"{count:>9} {plain:>9.2f} {ours:>9.2f} {ours / plain:>6.2f}")


if __name__ == "__main__":
    main()
