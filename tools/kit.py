"""Builds the air-gapped kit: one archive with a tilelang lane, its wheels, this package and the cases.

For a GPU machine that has torch, numpy and nvcc but no package index. Unpack it there and run `run.sh`; bring back the
results folder and `passlab results import` it. The wheels are repacked together with xz, which takes minutes; that part
is kept in `.kit/` and reused as long as the requirements are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tl_passlab.errors import UsageError  # noqa: E402
from tl_passlab.lanes import DEFAULT_LANE, LANES, Z3_PIN  # noqa: E402

LIMIT = 60 * 2**20
DLPACK_PIN = "0.1.5"
SYRUPY_PIN = "7.0.2"
PLATFORMS = [f"manylinux_2_{n}_x86_64" for n in (28, 27, 24, 17)] + ["manylinux2014_x86_64"]
# What the project needs on the other machine; tests of the compiler's passes stay here.
PROJECT = ("tl_passlab", "cases", "tests/__init__.py", "tests/parity", "tests/test_device_parity.py", "conftest.py")
PROJECT += ("pyproject.toml",)
# z3's executable is as large as its library, and nothing calls it.
DROPPED = ("z3/bin",)


def requirements(lane: str) -> list[str]:
    """The wheels of a lane, without torch and numpy, which GPU machines have."""
    if lane not in LANES:
        raise UsageError("kit", lane, f"unknown lane; one of {', '.join(LANES)}")
    pins = [f"tilelang=={lane}", f"apache-tvm-ffi=={LANES[lane].tvm_ffi}", f"z3-solver=={Z3_PIN}"]
    return [*pins, f"torch-c-dlpack-ext=={DLPACK_PIN}", f"syrupy=={SYRUPY_PIN}"]


def download(wanted: list[str], python: str, folder: Path) -> None:
    """Fetch wheels for another Python and Linux; the machine this runs on may be anything with pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", python, "--implementation", "cp", "--dest", str(folder)]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    done = subprocess.run([*command, *wanted], capture_output=True, text=True, check=False)
    if done.returncode:
        evidence = "\n".join(line for line in done.stderr.splitlines() if line.startswith("ERROR"))
        raise UsageError("kit", "pip download", "no matching wheels", evidence=evidence)


def site_archive(lane: str, python: str, cache: Path) -> Path:
    """The unpacked wheels as one archive, from the cache where it has it."""
    wanted = requirements(lane)
    key = hashlib.sha256("\n".join([*wanted, python, *PLATFORMS]).encode()).hexdigest()[:10]
    archive = cache / f"site-{lane}-{python}-{key}.tar.xz"
    if archive.is_file():
        return archive
    with tempfile.TemporaryDirectory(prefix="passlab-kit-") as scratch:
        wheels, site = Path(scratch, "wheels"), Path(scratch, "site")
        wheels.mkdir()
        download(wanted, python, wheels)
        for wheel in sorted(wheels.glob("*.whl")):
            with zipfile.ZipFile(wheel) as opened:
                opened.extractall(site)
        for name in DROPPED:
            shutil.rmtree(site / name, ignore_errors=True)
        compress(site, [site], archive)
    return archive


def compress(base: Path, paths: list[Path], archive: Path) -> None:
    """A .tar.xz of paths, named from `base`; without owners and times, so that equal files make an equal archive."""

    def plain(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if "__pycache__" in info.name:
            return None
        info.uid = info.gid = info.mtime = 0
        info.uname = info.gname = ""
        return info

    archive.parent.mkdir(parents=True, exist_ok=True)
    draft = archive.with_suffix(".part")
    with tempfile.TemporaryFile() as plain_tar:
        with tarfile.open(fileobj=plain_tar, mode="w") as tar:
            for path in sorted(paths):
                tar.add(path, arcname=str(path.relative_to(base)), filter=plain)
        plain_tar.seek(0)
        with draft.open("wb") as out:
            subprocess.run(["xz", "-6", "-T0", "--stdout"], stdin=plain_tar, stdout=out, check=True)
    draft.replace(archive)


def pack(site: Path, project: Path, python: str, out: Path) -> Path:
    """The kit: two archives, `run.sh`, the Python it is for, and the checksums of all of them."""
    run = (ROOT / "tools" / "kit" / "run.sh").read_bytes()
    files = {"site.tar.xz": site.read_bytes(), "project.tar.xz": project.read_bytes(), "run.sh": run}
    files["PYTHON"] = f"{python}\n".encode()
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    files["MANIFEST.sha256"] = sums.encode()
    with tarfile.open(out, "w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"passlab-kit/{name}")
            info.size, info.mode = len(data), 0o755 if name == "run.sh" else 0o644
            tar.addfile(info, io.BytesIO(data))
    size = out.stat().st_size
    if size > LIMIT:
        out.unlink()
        raise UsageError("kit", out.name, f"{size / 2**20:.1f} MiB; a kit may have {LIMIT // 2**20}")
    return out


def main() -> int:
    """Build a kit and say where it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lane", default=DEFAULT_LANE, help=f"tilelang version (default: {DEFAULT_LANE})")
    parser.add_argument("--python", default="3.12", help="the Python of the other machine (default: 3.12)")
    parser.add_argument("--out", type=Path, help="default: .kit/passlab-kit-LANE-PYTHON.tar")
    args = parser.parse_args()
    cache = ROOT / ".kit"
    out = args.out or cache / f"passlab-kit-{args.lane}-{args.python}.tar"
    try:
        site = site_archive(args.lane, args.python, cache)
        with tempfile.TemporaryDirectory(prefix="passlab-kit-") as scratch:
            project = Path(scratch, "project.tar.xz")
            compress(ROOT, [ROOT / name for name in PROJECT if (ROOT / name).exists()], project)
            pack(site, project, args.python, out)
    except UsageError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{out}  {out.stat().st_size / 2**20:.1f} MiB  tilelang {args.lane}, Python {args.python}")
    print("next: copy it to the GPU machine, tar -xf it, passlab-kit/run.sh RESULTS")
    return 0


if __name__ == "__main__":
    sys.exit(main())
