"""When, where and with what a run was made: what makes two results comparable."""

from __future__ import annotations

import datetime
import platform
from typing import Any

from tl_passlab import __version__, devices, lanes

PACKAGES = ("tilelang", "apache-tvm-ffi", "torch", "z3-solver")


def run_record() -> dict[str, Any]:
    """The record of a run that starts now. Host names and paths stay out: results travel."""
    found = (*devices.cuda_devices(), *devices.rocm_devices(), *devices.mps_devices())
    return {
        "started": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "passlab": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: lanes.installed_version(name) for name in PACKAGES},
        "nvcc": devices.nvcc_version(),
        "devices": [{"name": d.name, "arch": d.arch, "driver": d.driver} for d in found],
    }
