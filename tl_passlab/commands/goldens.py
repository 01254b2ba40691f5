"""`passlab goldens check`: goldens that nothing needs, that are missing, or that are damaged."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME

if TYPE_CHECKING:
    from tl_passlab.goldens.hygiene import Fault


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab goldens`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser("check", help="look for stale, missing and damaged goldens of one lane")
    check.add_argument("--lane", help="the lane to look at (default: the installed one)")
    check.add_argument("--fix", action="store_true", help="delete the goldens that nothing needs, after listing them")
    check.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Check, and trim when asked; 1 when a fault is left."""
    from tl_passlab.goldens import hygiene, store
    from tl_passlab.goldens.pending import find_mirror
    from tl_passlab.lanes import lane_named

    if args.fix:
        store.refuse_in_ci("passlab goldens check --fix")
    root, lane = find_mirror().root, lane_named(args.lane, "passlab goldens check")
    faults = hygiene.check_lane(root, lane)
    if not args.json:
        for fault in faults:
            print(f"{fault.kind:<10} {fault.path}: {fault.why}")
    gone = hygiene.trim(root, faults) if args.fix else []
    left = [fault for fault in faults if fault.path not in gone]
    if args.json:
        rows = [{"path": f.path, "kind": f.kind, "why": f.why, "deleted": f.path in gone} for f in faults]
        print(json.dumps({"lane": lane, "faults": rows}, indent=1))
    else:
        print(f"lane {lane}: {len(faults)} faults" + (f", {len(gone)} goldens deleted" if args.fix else ""))
        for command in _next_commands(left):
            print(f"next: {command}")
    return EXIT_DIFFERENT if left else EXIT_SAME


def _next_commands(faults: list[Fault]) -> list[str]:
    kinds = {fault.kind for fault in faults}
    commands = ["passlab goldens check --fix"] if any(fault.trimmed for fault in faults) else []
    if kinds & {"missing", "text", "provenance"}:
        commands.append("pytest tests/test_goldens.py; passlab review")
    if "name" in kinds:
        commands.append("git mv the file to a name of the grammar, or delete it")
    return commands
