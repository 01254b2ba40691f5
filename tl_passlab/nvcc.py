"""Compiles generated CUDA source with nvcc, without a GPU: does it build for its architecture, and what does it use.

A compilation takes one to three seconds, so its answer is kept under `.passlab/nvcc`, named by everything it depends
on: the source, the flags, the compiler's version, the headers' version.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tl_passlab.errors import FindingError
from tl_passlab.files import write_whole
from tl_passlab.lanes import installed_version
from tl_passlab.model import Target

FLAGS = ("-std=c++20", "-w", "-Xcudafe", "--diag_suppress=177", "-cubin", "-Xptxas", "-v")
SECONDS = 300.0
CACHE = Path(".passlab", "nvcc")


@dataclass(frozen=True)
class Resources:
    """What one kernel uses for each thread and block, as ptxas says; sizes in bytes.

    Exactly 240 registers on a warp-specialised kernel is what setmaxnreg asks for, not what the code needs.
    """

    registers: int
    spill_stores: int
    spill_loads: int
    stack: int
    static_shared: int


@dataclass(frozen=True)
class Compiled:
    """A successful compilation: resources by kernel, and the compiler's version."""

    nvcc: str
    arch: str
    kernels: dict[str, Resources]


def find_nvcc() -> Path | None:
    """nvcc from the PATH, or from the nvidia-cuda-nvcc wheel."""
    found = shutil.which("nvcc")
    if found:
        return Path(found)
    spec = importlib.util.find_spec("nvidia")
    folders = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    wheel = [path for folder in folders for path in sorted(folder.glob("*/bin/nvcc"))]
    return wheel[0] if wheel else None


def nvcc_version(nvcc: Path) -> str:
    """`13.0.88`; empty when nvcc does not say."""
    answer = subprocess.run([nvcc, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    match = re.search(r"V(\d+\.\d+\.\d+)", answer)
    return match.group(1) if match else ""


def include_flags() -> list[str]:
    """The headers of the installed tilelang, found without importing it."""
    spec = importlib.util.find_spec("tilelang")
    roots = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    return [f"-I{root / part}" for root in roots for part in ("src", "3rdparty/cutlass/include")]


def arch_flag(target: Target) -> str:
    """`-gencode` for exactly that architecture."""
    number = target.arch.removeprefix("sm_")
    return f"-gencode=arch=compute_{number},code=sm_{number}"


def compile_source(source: str, target: Target, nvcc: Path, cache: Path = CACHE) -> Compiled:
    """Compile a kernel's source. Raises FindingError with the compiler's own message when it does not build."""
    version = nvcc_version(nvcc)
    flags = [*FLAGS, arch_flag(target)]
    headers = installed_version("tilelang") or ""
    key = hashlib.sha256("\0".join([source, *flags, version, headers]).encode()).hexdigest()[:24]
    kept = cache / f"{key}.json"
    answer = _kept(kept)
    if answer is None:
        answer = _compile(source, nvcc, [*flags, *include_flags()])
        # Two workers may compile the same source: the last one to finish leaves the same whole file.
        write_whole(kept, json.dumps(answer))
    code, log = answer
    if code:
        errors = [line for line in log.splitlines() if "error" in line.lower()] or log.splitlines()[-8:]
        why = f"nvcc {version} rejects the source"
        raise FindingError("nvcc", target.spec, why, evidence="\n".join(errors))
    return Compiled(version, target.arch, parse_resources(log))


def _kept(path: Path) -> tuple[int, str] | None:
    """The answer of an earlier compilation; a damaged file counts as none."""
    try:
        code, log = json.loads(path.read_text(encoding="utf-8"))
        return int(code), str(log)
    except (OSError, ValueError, TypeError):
        return None


def _compile(source: str, nvcc: Path, flags: list[str]) -> tuple[int, str]:
    with tempfile.TemporaryDirectory(prefix="passlab-nvcc-") as folder:
        file = Path(folder, "kernel.cu")
        file.write_text(source, encoding="utf-8")
        command = [str(nvcc), *flags, str(file), "-o", str(Path(folder, "kernel.cubin"))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        return done.returncode, (done.stdout + done.stderr).replace(f"{folder}/", "")


def parse_resources(log: str) -> dict[str, Resources]:
    """The `-Xptxas -v` lines: resources by kernel name."""
    entry = re.compile(
        r"Compiling entry function '(?P<name>[^']+)'.*?"
        r"(?P<stack>\d+) bytes stack frame, (?P<stores>\d+) bytes spill stores, (?P<loads>\d+) bytes spill loads.*?"
        r"Used (?P<registers>\d+) registers(?P<rest>[^\n]*)",
        re.DOTALL,
    )
    found = {}
    for match in entry.finditer(log):
        shared = re.search(r"(\d+) bytes smem", match["rest"])
        found[match["name"]] = Resources(
            registers=int(match["registers"]),
            spill_stores=int(match["stores"]),
            spill_loads=int(match["loads"]),
            stack=int(match["stack"]),
            static_shared=int(shared.group(1)) if shared else 0,
        )
    return found


def resources_text(compiled: Compiled) -> str:
    """The text of a `resources.json` golden."""
    kernels = {name: asdict(used) for name, used in sorted(compiled.kernels.items())}
    return json.dumps({"nvcc": compiled.nvcc, "arch": compiled.arch, "kernels": kernels}, indent=1) + "\n"


def comparable(stored: str, nvcc: str) -> str:
    """Why a stored `resources.json` says nothing of this compiler, which allocates registers its own way; else empty.

    A damaged file is compared, and differs.
    """
    try:
        version = json.loads(stored).get("nvcc")
    except (ValueError, AttributeError):
        return ""
    return "" if version == nvcc else f"made by nvcc {version}; this is {nvcc}: numbers are not compared"


def resource_changes(stored: str, compiled: Compiled) -> list[str]:
    """Which numbers differ from a stored `resources.json`, a line for each; empty when the texts are equal."""
    fresh = resources_text(compiled)
    if stored == fresh:
        return []
    try:
        old, new = json.loads(stored)["kernels"], json.loads(fresh)["kernels"]
        pairs = [(kernel, name) for kernel in {**old, **new} for name in {**old.get(kernel, {}), **new.get(kernel, {})}]
        rows = [(kernel, name, old.get(kernel, {}).get(name), new.get(kernel, {}).get(name)) for kernel, name in pairs]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [f"damaged: {stored[:80]!r}"]
    changed = [f"{kernel}: {name} {before} -> {after}" for kernel, name, before, after in rows if before != after]
    return changed or ["the same numbers, written differently"]
