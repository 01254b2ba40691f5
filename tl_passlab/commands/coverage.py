"""`passlab coverage`: pass x lane x target, and the gaps."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tl_passlab.errors import EXIT_SAME, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab coverage`."""
    parser.add_argument("--lane", action="append", default=[], help="only that lane (repeatable)")
    parser.add_argument("--target", action="append", default=[], help="only that target (repeatable)")
    parser.add_argument("--json", action="store_true", help="print JSON, with the cases and claims by name")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page that docs/coverage.md is")


def run(args: argparse.Namespace) -> int:
    """Measure and show; gaps are no failure."""
    from tl_passlab.coverage import goldens_root, measure
    from tl_passlab.report.coverage_text import coverage_json, coverage_page, render_coverage
    from tl_passlab.report.text import style_for
    from tl_passlab.targets import parse_target

    targets = [parse_target(spec).spec for spec in args.target]
    found = measure(goldens_root(), args.lane, targets)
    if not found.columns:
        where = " ".join([*args.lane, *targets])
        raise UsageError("coverage", where, "no goldens are stored there", next_command="make goldens")
    if args.markdown is not None:
        args.markdown.parent.mkdir(parents=True, exist_ok=True)
        args.markdown.write_text(coverage_page(found), encoding="utf-8", newline="\n")
    if args.json:
        print(json.dumps(coverage_json(found), indent=1))
    else:
        print(render_coverage(found, style_for()))
        print("next: passlab coverage --json")
    return EXIT_SAME
