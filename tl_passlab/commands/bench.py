"""`passlab bench`: what a kernel takes on the device, beside torch."""

from __future__ import annotations

import argparse
import dataclasses
import json

from tl_passlab.errors import EXIT_SAME, FindingError, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab bench`."""
    parser.add_argument("case", metavar="CASE|FILE.py", help="a case, or a file with kernel, inputs and reference")
    parser.add_argument("--device", default="cuda", choices=("cuda", "hip"), help="default: cuda")
    parser.add_argument("--target", help="default: the attached device's architecture")
    parser.add_argument(
        "--set", dest="sizes", action="append", default=[], metavar="NAME=VALUE", help="a kernel argument"
    )
    parser.add_argument("--against", choices=("torch",), help="time torch's equivalent in the same process")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Time and print; a wrong kernel is a finding, a missing device a usage error."""
    from tl_passlab.cases import parse_sizes
    from tl_passlab.parity.bench import bench_in_child
    from tl_passlab.parity.equivalents import peer_of
    from tl_passlab.parity.loading import find_case
    from tl_passlab.parity.runners import RUNNER_OF_KIND, why_not
    from tl_passlab.targets import parse_target

    info = find_case(args.case)
    target = parse_target(args.target or args.device)
    if RUNNER_OF_KIND.get(target.kind) != args.device:
        raise UsageError("bench", target.spec, f"not a target of --device {args.device}")
    reason = why_not(target)
    if reason:
        raise UsageError("bench", f"{info.name}  {target.spec}", reason, next_command="passlab devices")
    if args.against == "torch" and peer_of(info) is None:
        raise FindingError(
            "bench", info.name, "torch has no single equivalent", next_command=f"passlab bench {info.name}"
        )
    found = bench_in_child(args.case, target, args.device, parse_sizes(args.sizes), args.against or "")
    if args.json:
        print(json.dumps(dataclasses.asdict(found), indent=1))
        return EXIT_SAME
    sizes = ", ".join(f"{name}={value}" for name, value in found.sizes.items())
    print(f"{found.case}  {found.target}  {sizes}  {found.device}")
    for timing in found.timings:
        middle = f"middle half {timing.low_us:.1f} to {timing.high_us:.1f}"
        print(f"{timing.median_us:>10.1f} us  {timing.what}  ({middle}, {timing.repeats} launches)")
    if len(found.timings) == 2:
        print(f"{found.timings[1].median_us / found.timings[0].median_us:>10.2f} x  torch's time over tilelang's")
    return EXIT_SAME
