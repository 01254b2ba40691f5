"""`passlab cases`: what cases there are, from their sources alone."""

from __future__ import annotations

import argparse
import json

from tl_passlab.cases import find_cases
from tl_passlab.errors import EXIT_SAME
from tl_passlab.model import CaseInfo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab cases`."""
    parser.add_argument("text", nargs="?", default="", help="show only cases whose name, summary or watch list has it")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """List the cases that match."""
    found = [case for case in find_cases() if args.text.lower() in _searchable(case)]
    if args.json:
        print(json.dumps([_as_json(case) for case in found], indent=1))
        return EXIT_SAME
    width = max((len(case.name) for case in found), default=0)
    for case in found:
        targets = ", ".join(case.targets or [f"rejected on {spec}" for spec in case.rejected])
        print(f"{case.name:<{width}}  {case.summary}\n{'':<{width}}  {targets}")
    print(f"{len(found)} cases")
    if found:
        print(f"next: passlab trace {found[0].name} --target {(found[0].targets or tuple(found[0].rejected))[0]}")
    return EXIT_SAME


def _searchable(case: CaseInfo) -> str:
    return " ".join([case.name, case.summary, *case.watch, *case.targets]).lower()


def _as_json(case: CaseInfo) -> dict[str, object]:
    return {
        "name": case.name,
        "summary": case.summary,
        "targets": list(case.targets),
        "watch": list(case.watch),
        "sizes": dict(case.sizes),
        "claims": list(case.claims),
        "rejected": dict(case.rejected),
        "not_on": dict(case.not_on),
        "lanes": list(case.lanes),
    }
