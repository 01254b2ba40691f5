"""`passlab drift`: what an upgrade of tilelang changes in the generated code, and which pass did it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME, UsageError
from tl_passlab.files import write_text
from tl_passlab.report.progress import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab drift`."""
    parser.add_argument("kernels", nargs="*", metavar="CASE|TOPIC|FILE.py[::FUNCTION]|DIR", help="default: every case")
    parser.add_argument("--from", dest="before", required=True, metavar="LANE", help="the older tilelang version")
    parser.add_argument("--to", dest="after", required=True, metavar="LANE", help="the newer tilelang version")
    parser.add_argument(
        "--target", dest="targets", action="append", default=[], help="repeatable (default: each case's own targets)"
    )
    parser.add_argument(
        "--env",
        dest="environments",
        action="append",
        default=[],
        metavar="LANE=DIR",
        help="use that virtual environment for a lane; others are found, or made beside the checkout",
    )
    parser.add_argument("--full", action="store_true", help="show every change of every kernel")
    parser.add_argument("--json", nargs="?", const="-", metavar="FILE", help="write JSON (to the output without FILE)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write one self-contained page")
    parser.add_argument(
        "--timeout", type=float, default=300.0, metavar="S", help="give up on a lowering after S seconds"
    )


def run(args: argparse.Namespace) -> int:
    """Compare, write, print; 1 when anything but notation changed."""
    from tl_passlab.drift.report import run_drift
    from tl_passlab.drift.select import jobs_for
    from tl_passlab.lane_env import check_lane, lane_python
    from tl_passlab.report.drift_html import render_html
    from tl_passlab.report.drift_json import drift_json
    from tl_passlab.report.drift_text import render_drift
    from tl_passlab.report.text import style_for

    if args.before == args.after:
        raise UsageError("drift", args.before, "both lanes are the same", next_command="passlab drift --from A --to B")
    given = _environments(args.environments)
    unknown = sorted(set(given) - {args.before, args.after})
    if unknown:
        raise UsageError("drift", f"--env {unknown[0]}=...", "neither --from nor --to names that lane")
    jobs = jobs_for(args.kernels, args.targets, (args.before, args.after))
    # Both, before either's environment is made: that takes a minute.
    for lane in (args.before, args.after):
        check_lane(lane)
    lanes = [(lane, lane_python(lane, given.get(lane))) for lane in (args.before, args.after)]
    with counted(f"lowering in {args.before} and {args.after}") as progress:
        drift = run_drift(lanes[0], lanes[1], jobs, args.timeout, progress)
    if args.html is not None:
        write_text("drift", args.html, render_html(drift))
    text = json.dumps(drift_json(drift), indent=1) + "\n"
    if args.json == "-":
        print(text, end="")
    elif args.json is not None:
        write_text("drift", Path(args.json), text)
    if args.json != "-":
        print(render_drift(drift, style_for(), full=args.full))
        print(_next(args))
    return EXIT_DIFFERENT if drift.different else EXIT_SAME


def _environments(assignments: list[str]) -> dict[str, Path]:
    found = {}
    for item in assignments:
        lane, equals, folder = item.partition("=")
        if not equals or not folder:
            raise UsageError("--env", item, "expected LANE=DIR", next_command="--env 0.1.11=.venv-0.1.11")
        found[lane] = Path(folder)
    return found


def _next(args: argparse.Namespace) -> str:
    if args.html is not None:
        return f"next: open {args.html}"
    return f"next: passlab drift --from {args.before} --to {args.after} --html drift.html"
