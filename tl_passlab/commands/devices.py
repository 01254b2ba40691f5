"""`passlab devices`: what this machine can run, and for each target why not."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Any

from tl_passlab.errors import EXIT_SAME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab devices`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print devices, tools, and one line for each target; having no device is no failure."""
    from tl_passlab.report.progress import waiting

    with waiting("asking drivers and compilers"):
        found = survey()
    if args.json:
        print(json.dumps(found, indent=1))
        return EXIT_SAME
    for device in found["devices"]:
        more = ", ".join(filter(None, [f"{device['memory_mib']} MiB", f"driver {device['driver']}"]))
        print(f"{device['kind']:<6} {device['name']}  {device['arch']}  {more if device['driver'] else ''}".rstrip())
    if not found["devices"]:
        print("no accelerator")
    for name, version in found["tools"].items():
        print(f"{name:<18} {version or 'none'}")
    print()
    for row in found["targets"]:
        print(f"{row['target']:<14} {row['runner']:<6} {row['why_not'] or 'ready'}")
    return EXIT_SAME


def survey() -> dict[str, Any]:
    """Devices, tools and the readiness of each target as plain data."""
    from tl_passlab import devices
    from tl_passlab.parity.runners import RUNNER_OF_KIND, why_not
    from tl_passlab.targets import SUPPORTED, parse_target

    every = (*devices.cuda_devices(), *devices.rocm_devices(), *devices.mps_devices())
    targets = [parse_target(spec) for spec in SUPPORTED]
    return {
        "devices": [dataclasses.asdict(device) for device in every],
        "tools": {
            "nvcc": devices.nvcc_version(),
            "compute-sanitizer": devices.sanitizer_version(),
            "hipcc": devices.hipcc_version(),
            "C++ compiler": devices.cxx_version(),
        },
        "targets": [
            {"target": t.spec, "runner": RUNNER_OF_KIND.get(t.kind, "-"), "why_not": why_not(t)} for t in targets
        ],
    }
