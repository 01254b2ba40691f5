"""`passlab report`: the results of a run as text, as JSON, or as one page."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME, UsageError
from tl_passlab.files import write_text

# Where tools/nightly.py keeps its runs.
NIGHTLY = Path(".passlab", "nightly")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab report`."""
    parser.add_argument(
        "sets",
        nargs="*",
        type=Path,
        metavar="SET",
        help="a run document, a parity run (its folder or file), pytest's JUnit XML, or what check or blame --json "
        "printed; default: the newest nightly or parity run",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write one self-contained page")
    parser.add_argument("--db", type=Path, metavar="FILE", help="a history: tells new failures from known ones, trends")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Read, write, print; 1 when a test failed."""
    from tl_passlab.history.record import FAILED
    from tl_passlab.report.results_sets import merged, read_sets, standing_of_sets
    from tl_passlab.report.results_text import first_replay, render_summary, summary_json
    from tl_passlab.report.text import style_for

    runs = read_sets(args.sets or [_newest()])
    standing = standing_of_sets(args.db, runs) if args.db is not None else None
    whole = merged(runs)
    if args.html is not None:
        from tl_passlab.report.results_html import render_results

        write_text("report", args.html, render_results(whole, standing))
    if args.json:
        print(json.dumps(summary_json(whole, standing), indent=1))
    else:
        print(render_summary(whole, standing, style_for()))
        replay = first_replay(whole, standing)
        page = f"open {args.html}" if args.html is not None else "passlab report SET --html report.html"
        print(f"next: {page}" if args.html is not None or not replay else f"next: {replay}")
    failed = any(record.outcome == FAILED for record in whole.tests)
    return EXIT_DIFFERENT if failed else EXIT_SAME


def _newest() -> Path:
    """The newest run of nightly, or parity run that was taken in."""
    from tl_passlab.parity.results import FILE, STORE

    found = sorted([*STORE.glob(f"*/{FILE}"), *NIGHTLY.glob("*/run.json")], key=lambda path: path.stat().st_mtime)
    if not found:
        raise UsageError(
            "report", "", f"no SET given, and none in {STORE} or {NIGHTLY}", next_command="passlab parity --out DIR"
        )
    return found[-1]
