"""What hardware and compilers this machine has, asked from tools in child processes with a timeout.

A probe must never crash or hang the caller, so nothing here imports torch, tilelang or a driver.
"""

from __future__ import annotations

import functools
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

PROBE_SECONDS = 10.0
# Importing torch and initialising a driver on a cold machine takes longer than asking a tool.
TORCH_SECONDS = 90.0


@dataclass(frozen=True)
class Device:
    """One accelerator: `arch` as in a target spec (`sm_90`, `gfx942`), `name` as its driver reports it."""

    kind: str
    arch: str
    name: str
    driver: str = ""
    memory_mib: int = 0


def probe(*command: str, seconds: float | None = None) -> str | None:
    """The standard output of a tool, or None when it is absent, fails, or does not answer in time."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds or PROBE_SECONDS, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


@functools.cache
def cuda_devices() -> tuple[Device, ...]:
    """The CUDA devices the driver lists."""
    out = probe("nvidia-smi", "--query-gpu=compute_cap,name,driver_version,memory.total", "--format=csv,noheader") or ""
    return tuple(_cuda_device(line) for line in out.splitlines() if "," in line)


def _cuda_device(line: str) -> Device:
    """`9.0, NVIDIA H200, 580.159.03, 143771 MiB`; a name may have a comma, an old driver may not say the rest."""
    capability, _, rest = line.partition(",")
    match = re.fullmatch(r"\s*(.*?)(?:,\s*(\d+(?:\.\d+)+),\s*(\d+) MiB)?\s*", rest)
    name, driver, memory = match.groups() if match else (rest.strip(), None, None)
    return Device("cuda", "sm_" + capability.strip().replace(".", ""), name, driver or "", int(memory or 0))


@functools.cache
def rocm_devices() -> tuple[Device, ...]:
    """The ROCm agents that are GPUs."""
    out = probe("rocminfo") or ""
    return tuple(Device("hip", arch, arch) for arch in re.findall(r"Name:\s+(gfx\w+)", out))


def mps_devices() -> tuple[Device, ...]:
    """The Metal device: every Apple-silicon Mac has exactly one."""
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return (Device("metal", "", "Apple MPS"),)
    return ()


@functools.cache
def nvcc_version() -> str | None:
    """The release of the nvcc on PATH (`13.0`)."""
    match = re.search(r"release (\d+\.\d+)", probe("nvcc", "--version") or "")
    return match.group(1) if match else None


@functools.cache
def hipcc_version() -> str | None:
    """The version of the hipcc on PATH (`6.2.41133`)."""
    match = re.search(r"HIP version: (\d+(\.\d+)+)", probe("hipcc", "--version") or "")
    return match.group(1) if match else None


def sanitizer_version() -> str | None:
    """The version of the compute-sanitizer on PATH (`2025.3.1.0`)."""
    match = re.search(r"[Vv]ersion (\d+(\.\d+)+)", probe("compute-sanitizer", "--version") or "")
    return match.group(1) if match else None


def cxx_version() -> str | None:
    """The first C++ compiler on PATH and its version (`g++ 12.2.0`)."""
    for name in ("clang++", "g++", "c++"):
        out = probe(name, "--version")
        if out:
            match = re.search(r"\d+\.\d+(\.\d+)?", out)
            return f"{name} {match.group()}" if match else name
    return None


@functools.cache
def torch_backend(kind: str) -> str:
    """Why this environment's torch cannot use the devices of a kind; empty when it can. Asked in a child process."""
    expression = {
        "cuda": "torch.version.cuda is not None and torch.cuda.is_available()",
        "hip": "torch.version.hip is not None and torch.cuda.is_available()",
        "metal": "torch.backends.mps.is_available()",
    }[kind]
    program = f"import torch; print('torch', torch.__version__, bool({expression}))"
    out = probe(sys.executable, "-c", program, seconds=TORCH_SECONDS)
    if out is None:
        return f"`import torch` fails in {sys.executable}"
    words = out.split()
    return "" if words[-1:] == ["True"] else f"torch {words[1] if len(words) > 1 else ''} does not see the device"


def cuda_runs(arch: str, device: Device) -> bool:
    """Whether code for an architecture runs on a device: plain ones upwards through PTX, `a` ones only on their own."""
    number = re.fullmatch(r"sm_(\d+)([af]?)", arch)
    own = re.fullmatch(r"sm_(\d+)", device.arch)
    if number is None or own is None:
        return False
    return number[1] == own[1] if number[2] else int(number[1]) <= int(own[1])


def why_no_device(kind: str, arch: str) -> str:
    """Why no device here runs code of that kind and architecture; empty when one does."""
    if kind == "cuda":
        if not cuda_devices():
            return "no CUDA device: " + ("nvidia-smi lists none" if shutil.which("nvidia-smi") else "no nvidia-smi")
        if not any(cuda_runs(arch, device) for device in cuda_devices()):
            return f"no CUDA device of {arch}; found {_names(cuda_devices())}"
        return ""
    if kind == "hip":
        if not rocm_devices():
            return "no ROCm device: " + ("rocminfo lists none" if shutil.which("rocminfo") else "no rocminfo")
        found = [device.arch for device in rocm_devices()]
        return "" if arch in found else f"no ROCm device of {arch}; found {', '.join(found)}"
    if kind == "metal":
        return "" if mps_devices() else f"no MPS device: this is {platform.system()} {platform.machine()}"
    return f"no device runner for {kind} code"


def why_no_toolkit(kind: str) -> str:
    """Why generated code of a kind cannot be compiled here; empty when it can."""
    if kind == "cuda" and nvcc_version() is None:
        return "no nvcc on PATH: generated CUDA cannot be compiled"
    if kind == "hip" and hipcc_version() is None:
        return "no hipcc on PATH: generated HIP cannot be compiled"
    return ""


def why_not_ready(kind: str, arch: str) -> str:
    """The one reason why a kernel of that kind and architecture cannot run here; empty when it can.

    The cheapest question is asked first: torch is imported (in a child) only where there is a device and a compiler.
    """
    return why_no_device(kind, arch) or why_no_toolkit(kind) or torch_backend(kind)


def _names(found: tuple[Device, ...]) -> str:
    return ", ".join(f"{device.arch} ({device.name})" for device in found)
