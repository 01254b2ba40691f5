"""`passlab bench`: what a kernel takes on the device, beside torch or beside another lane."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tl_passlab.errors import EXIT_SAME, FindingError, UsageError

if TYPE_CHECKING:
    from tl_passlab.model import CaseInfo, Target
    from tl_passlab.parity.bench import Bench

TORCH = "torch"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab bench`."""
    parser.add_argument("case", metavar="CASE|FILE.py", help="a case, or a file with kernel, inputs and reference")
    parser.add_argument("--device", default="cuda", choices=("cuda", "hip"), help="default: cuda")
    parser.add_argument("--target", help="default: the attached device's architecture")
    parser.add_argument(
        "--set", dest="sizes", action="append", default=[], metavar="NAME=VALUE", help="a kernel argument"
    )
    parser.add_argument(
        "--against", metavar="LANE|torch", help="take turns with another tilelang version, or with torch's equivalent"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Time and print; a wrong kernel is a finding, a missing device a usage error."""
    from tl_passlab.cases import parse_sizes
    from tl_passlab.parity.bench import bench
    from tl_passlab.parity.loading import find_case
    from tl_passlab.parity.runners import RUNNER_OF_KIND, why_not
    from tl_passlab.targets import parse_target

    info = find_case(args.case)
    target = parse_target(args.target or args.device)
    if RUNNER_OF_KIND.get(target.kind) != args.device:
        raise UsageError("bench", target.spec, f"not a target of --device {args.device}")
    _check_rival(args.against, info, target)
    reason = why_not(target)
    if reason:
        raise UsageError("bench", f"{info.name}  {target.spec}", reason, next_command="passlab devices")
    pythons = [Path(sys.executable), *_rival_python(args.against)]
    found = bench(args.case, target, args.device, parse_sizes(args.sizes), pythons, peer=args.against == TORCH)
    if args.json:
        print(json.dumps({**dataclasses.asdict(found), "ratio": found.ratio}, indent=1))
    else:
        _print_table(found)
    return EXIT_SAME


def _check_rival(against: str | None, info: CaseInfo, target: Target) -> None:
    """Raise where there is nothing to compare with, before anything is started."""
    from tl_passlab import lanes
    from tl_passlab.parity.equivalents import peer_of

    if against == TORCH and peer_of(info) is None:
        next_command = f"passlab bench {info.name}"
        raise FindingError("bench", info.name, "torch has no single equivalent", next_command=next_command)
    if against in (None, TORCH):
        return
    if against not in lanes.LANES:
        known = ", ".join((TORCH, *lanes.LANES))
        raise UsageError("--against", str(against), "neither torch nor a lane", evidence=known)
    if against == lanes.installed_version("tilelang"):
        raise UsageError("--against", against, "that is this environment's own lane", evidence=", ".join(lanes.LANES))
    reason = info.reason_not_on(target, against)
    if reason:
        raise FindingError("bench", f"{info.name}  {target.spec}  tilelang {against}", reason)


def _rival_python(against: str | None) -> list[Path]:
    from tl_passlab.lane_env import lane_python

    return [lane_python(against, create=False)] if against not in (None, TORCH) else []


def _print_table(found: Bench) -> None:
    sizes = ", ".join(f"{name}={value}" for name, value in found.sizes.items())
    print(f"{found.case}  {found.target}  {sizes}  {found.device}")
    for timing in found.timings:
        middle = f"middle half {timing.low_us:.1f} to {timing.high_us:.1f}"
        print(f"{timing.median_us:>10.1f} us  {timing.what}  ({middle}, {timing.repeats} launches)")
    if found.ratio is not None:
        own, other = (timing.what.partition(":")[0] for timing in found.timings)
        print(f"{found.ratio:>10.2f} x   the time of {other} over that of {own}")
