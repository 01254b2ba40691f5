"""`passlab doctor`: does this environment fit a lane, what can it run, and what to type where something is wrong."""

from __future__ import annotations

import argparse
import dataclasses
import json

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab doctor`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print every check; 1 when one of them is wrong."""
    from tl_passlab.diagnosis import diagnose
    from tl_passlab.report.progress import waiting

    with waiting("looking at versions, compilers and devices"):
        checks = diagnose()
    wrong = any(check.status == "wrong" for check in checks)
    if args.json:
        print(json.dumps({"ok": not wrong, "checks": [dataclasses.asdict(check) for check in checks]}, indent=1))
        return EXIT_DIFFERENT if wrong else EXIT_SAME
    for check in checks:
        note = f"{check.status}: {check.note}" if check.status == "wrong" else check.note
        print(f"{check.name:<15} {check.value or '-':<16} {note}".rstrip())
        if check.next_command:
            print(f"{'':<32} next: {check.next_command}")
    return EXIT_DIFFERENT if wrong else EXIT_SAME
