"""`passlab check`: execute the IR at every pass boundary and compare it with the user's own."""

from __future__ import annotations

import argparse
import json

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab check`."""
    add_kernel_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def add_kernel_arguments(parser: argparse.ArgumentParser) -> None:
    """What `check` and `blame` have in common."""
    parser.add_argument("kernel", metavar="CASE|FILE.py[::FUNCTION]", help="a case by name, or a kernel in a file")
    parser.add_argument("--target", default="cuda", help="cuda:sm_90a, cuda:sm_80, metal (default: cuda)")
    parser.add_argument(
        "--set", dest="sizes", action="append", default=[], metavar="NAME=VALUE", help="a kernel argument"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the inputs and the random schedules")
    parser.add_argument("--schedules", type=int, default=0, metavar="N", help="random schedules besides eager and late")
    parser.add_argument("--timeout", type=float, default=1800.0, metavar="S", help="give up after S seconds")


def run(args: argparse.Namespace) -> int:
    """Check and print; 1 when a boundary is wrong or could not be executed."""
    from tl_passlab.interp.report import render_check

    data = result_of(args, {"command": "check"})
    if args.json:
        print(json.dumps(data, indent=1))
    else:
        print(render_check(data))
        if not data["ok"]:
            print(f"next: {command_again('blame', args)}")
    return EXIT_SAME if data["ok"] else EXIT_DIFFERENT


def command_again(command: str, args: argparse.Namespace, *more: str) -> str:
    """A command about the same kernel at the same sizes; one that executes it has the same inputs and schedules."""
    from tl_passlab.again import kernel_command
    from tl_passlab.cases import parse_sizes

    executes = command in ("check", "blame")
    seed, schedules = (args.seed, args.schedules) if executes else (0, 0)
    return kernel_command(command, args.kernel, args.target, parse_sizes(args.sizes), seed, *more, schedules=schedules)


def result_of(args: argparse.Namespace, more: dict[str, object]) -> dict[str, object]:
    """Run the job in a child process."""
    from tl_passlab.cases import parse_sizes
    from tl_passlab.interp.process import run_job
    from tl_passlab.report.progress import counted
    from tl_passlab.targets import parse_target

    target = parse_target(args.target)
    job = {
        "reference": args.kernel,
        "target": target.spec,
        "sizes": parse_sizes(args.sizes),
        "seed": args.seed,
        "schedules": args.schedules,
        **more,
    }
    with counted(f"lowering {args.kernel} for {target.spec}") as progress:
        return run_job(job, args.timeout, progress)
