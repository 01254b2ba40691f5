"""`passlab blame`: name the pass that breaks a kernel, show what it did, keep a reproducer."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tl_passlab.commands.check import add_kernel_arguments, command_again, result_of
from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab blame`."""
    add_kernel_arguments(parser)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(".passlab", "repro"),
        metavar="DIR",
        help="where reproducers go (default: .passlab/repro)",
    )
    parser.add_argument(
        "--device", type=Path, metavar="FILE.npz", help="inputs and outputs of a device run, by parameter name"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    """Blame and print; 1 when something is to blame."""
    from tl_passlab.interp.report import render_blame

    if args.device is not None and not args.device.is_file():
        raise UsageError(
            "blame", str(args.device), "no such file", next_command="passlab blame KERNEL --device FILE.npz"
        )
    data = result_of(args, {"command": "blame", "out": str(args.out), "device": str(args.device or "")})
    if args.json:
        print(json.dumps(data, indent=1))
    else:
        print(render_blame(data))
        name = str(data["pass"])
        if data["found"] and name != "input":
            passes = () if name in ("codegen", "") else ("--pass", name)
            print(f"next: {command_again('trace', args, *passes)}")
    return EXIT_DIFFERENT if data["found"] else EXIT_SAME
