"""The supported tilelang versions ("lanes"): era, exact pins, and which one this environment is.

Versions are read from package metadata, never by importing tilelang: a wrong apache-tvm-ffi aborts the process at
import, and `passlab doctor` has to survive that.
"""

from __future__ import annotations

import importlib.metadata
import re

from tl_passlab.errors import UsageError
from tl_passlab.model import Lane

# One era per change of upstream's internal interface; a file of tl_passlab.compat serves each.
PHASE = "phase"  # engine/phase.py
PIPELINE = "pipeline"  # <backend>/pipeline.py
BACKEND_MODULE = "backend_module"  # BackendModule and tilelang.instrumentation

LANES: dict[str, Lane] = {
    "0.1.10": Lane("0.1.10", PHASE, "0.1.11", note="first gather4 and MetalFragmentToSimdgroup"),
    "0.1.11": Lane("0.1.11", PIPELINE, "0.1.11", full=True, note="last with InstructionAnnotation"),
    "0.1.12": Lane("0.1.12", PIPELINE, "0.1.11", note="first MaterializeKernelLaunch"),
    "0.1.13": Lane("0.1.13", PIPELINE, "0.1.12", note="z3 nondeterminism ends after it"),
    "0.1.14": Lane("0.1.14", BACKEND_MODULE, "0.1.12", note="first MaterializeWSSchedule"),
    "0.1.15": Lane("0.1.15", BACKEND_MODULE, "0.1.12", full=True, note="default"),
}
DEFAULT_LANE = "0.1.15"
Z3_PIN = "4.15.4.0"
TORCH_PIN = "2.13.0"


def release_key(version: str) -> tuple[int, ...]:
    """The release part of a version as integers: `0.1.16.dev0+gitabc` -> (0, 1, 16)."""
    match = re.match(r"\d+(\.\d+)*", version)
    if match is None:
        raise UsageError("lane", version, "not a version number", next_command="passlab doctor")
    return tuple(int(part) for part in match.group().split("."))


def lane_for(version: str) -> tuple[Lane, str]:
    """The lane that serves a tilelang version, and a warning that is empty for a supported one.

    A development build or an unknown release takes the newest lane that is not newer than it. Raises UsageError below
    the oldest lane: 0.1.9 and before have another object API.
    """
    if version in LANES:
        return LANES[version], ""
    key = release_key(version)
    older = [lane for lane in LANES.values() if release_key(lane.tilelang) <= key]
    if not older:
        raise UsageError(
            "lane",
            f"tilelang {version}",
            f"not supported; the oldest supported version is {min(LANES, key=release_key)}",
            next_command=f"make test LANE={DEFAULT_LANE}",
        )
    nearest = max(older, key=lambda lane: release_key(lane.tilelang))
    return nearest, f"tilelang {version} is not a supported release: treated as lane {nearest.tilelang}"


def installed_version(distribution: str) -> str | None:
    """The installed version of a distribution, None when it is absent; imports nothing."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def lane_named(asked: str | None, command: str) -> str:
    """The lane that a user names, by default the installed one. Raises UsageError with the command to type instead."""
    if asked is None:
        installed = installed_version("tilelang")
        return lane_for(installed)[0].tilelang if installed else DEFAULT_LANE
    if asked not in LANES:
        known = "\n".join(LANES)
        raise UsageError("lane", asked, "unknown lane; the known ones are", evidence=known, next_command=command)
    return asked


def running_lane() -> tuple[Lane, str]:
    """The lane of this environment and a warning that is usually empty. Raises UsageError without tilelang."""
    version = installed_version("tilelang")
    if version is None:
        raise UsageError(
            "lane",
            "",
            "tilelang is not installed in this environment",
            next_command=f"pip install -c constraints/{DEFAULT_LANE}.txt -e '.[lane]'",
        )
    return lane_for(version)


def check_pins() -> None:
    """Raise UsageError when apache-tvm-ffi does not fit: importing tilelang would abort the process."""
    lane, warning = running_lane()
    ffi = installed_version("apache-tvm-ffi")
    if not warning and ffi != lane.tvm_ffi and not ffi_fits(lane, ffi):
        raise UsageError(
            "lane",
            f"tilelang {lane.tilelang}",
            f"apache-tvm-ffi {ffi or 'is missing'}: importing tilelang would abort; it needs {lane.tvm_ffi}",
            next_command=f"pip install -c constraints/{lane.tilelang}.txt apache-tvm-ffi=={lane.tvm_ffi}",
        )


def ffi_fits(lane: Lane, ffi: str | None) -> bool:
    """Whether a version beside the pin works: 0.1.12 to 0.1.14 run with 0.1.11 and 0.1.12, the others with none."""
    return lane.tilelang in ("0.1.12", "0.1.13", "0.1.14") and ffi in ("0.1.11", "0.1.12")
