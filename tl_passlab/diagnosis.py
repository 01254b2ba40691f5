"""The checks behind `passlab doctor`. It must work where importing tilelang aborts: imports are tried in a child."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from tl_passlab import devices, lanes
from tl_passlab.errors import UsageError
from tl_passlab.model import Lane

IMPORT_SECONDS = 120.0


@dataclass(frozen=True)
class Check:
    """One line of the diagnosis: `status` is ok, wrong, or info (absent, and nothing needs it)."""

    name: str
    value: str
    status: str
    note: str = ""
    next_command: str = ""


def diagnose() -> list[Check]:
    """Every check, versions first."""
    version = lanes.installed_version("tilelang")
    if version is None:
        command = f"pip install -c constraints/{lanes.DEFAULT_LANE}.txt -e '.[lane]'"
        missing = Check("tilelang", "", "wrong", "not installed; diff and review work, lowering does not", command)
        return [missing, *_machine()]
    try:
        lane, warning = lanes.lane_for(version)
    except UsageError as error:
        command = f"pip install -c constraints/{lanes.DEFAULT_LANE}.txt tilelang=={lanes.DEFAULT_LANE}"
        return [Check("tilelang", version, "wrong", error.why, command), *_machine()]
    kind = "full: goldens are kept" if lane.full else "known: passes and traces, no goldens"
    head = Check("tilelang", version, "ok", warning or f"lane {lane.tilelang} ({kind})")
    return [head, _ffi(lane, version), _pin("torch", lanes.TORCH_PIN, lane), _z3(lane), _import(lane), *_machine()]


def _install(lane: Lane, requirement: str) -> str:
    return f"pip install -c constraints/{lane.tilelang}.txt {requirement}"


def _ffi(lane: Lane, version: str) -> Check:
    found = lanes.installed_version("apache-tvm-ffi") or ""
    if found == lane.tvm_ffi:
        return Check("apache-tvm-ffi", found, "ok", "the pin of this lane")
    if version in lanes.LANES and lanes.ffi_fits(lane, found):
        return Check("apache-tvm-ffi", found, "ok", f"works with this lane; its pin is {lane.tvm_ffi}")
    note = f"this lane needs {lane.tvm_ffi}; importing tilelang may abort the process"
    return Check("apache-tvm-ffi", found, "wrong", note, _install(lane, f"apache-tvm-ffi=={lane.tvm_ffi}"))


def _pin(name: str, pin: str, lane: Lane) -> Check:
    found = lanes.installed_version(name) or ""
    if not found:
        return Check(name, found, "wrong", "tilelang imports it", _install(lane, f"{name}=={pin}"))
    note = "the pin" if found.partition("+")[0] == pin else f"the pin is {pin}; others work, numeric results may differ"
    return Check(name, found, "ok", note)


def _z3(lane: Lane) -> Check:
    found = lanes.installed_version("z3-solver") or ""
    command = _install(lane, f"z3-solver=={lanes.Z3_PIN}")
    if not found:
        return Check("z3-solver", found, "wrong", "tilelang loads libz3 from beside it", command)
    if lanes.release_key(found) >= (4, 15, 5):
        return Check("z3-solver", found, "wrong", "must be below 4.15.5: tilelang loads libz3.so.4.15", command)
    return Check("z3-solver", found, "ok", "the pin" if found == lanes.Z3_PIN else f"the pin is {lanes.Z3_PIN}")


def _import(lane: Lane) -> Check:
    """Import tilelang in a child: an abort there is a line here."""
    command = [sys.executable, "-c", "import tilelang"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=IMPORT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Check("import", "", "wrong", f"`import tilelang` did not return in {IMPORT_SECONDS:g} s")
    if done.returncode == 0:
        return Check("import", "", "ok", "tilelang imports")
    last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "")
    how = "aborts the process" if done.returncode < 0 else "fails"
    command_line = f"pip install -c constraints/{lane.tilelang}.txt -e '.[lane]'"
    return Check("import", "", "wrong", f"`import tilelang` {how}: {last.strip()[:120]}", command_line)


def _machine() -> list[Check]:
    nvcc, cxx = devices.nvcc_version(), devices.cxx_version()
    return [
        Check(
            "nvcc", nvcc or "", "info", "compiles generated CUDA" if nvcc else "none: generated CUDA is not compiled"
        ),
        Check("C++ compiler", cxx or "", "info", "found" if cxx else "none on PATH"),
        _devices("CUDA device", devices.cuda_devices()),
        _devices("ROCm device", devices.rocm_devices()),
        _devices("MPS device", devices.mps_devices()),
    ]


def _devices(name: str, found: tuple[devices.Device, ...]) -> Check:
    names = ", ".join(f"{device.name} ({device.arch})" if device.arch else device.name for device in found)
    return Check(name, str(len(found)) if found else "", "info", names or "none: kernels are lowered, not run")
