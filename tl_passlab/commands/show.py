"""`passlab show`: what changed in pending goldens."""

from __future__ import annotations

import argparse
import json

from tl_passlab.errors import EXIT_DIFFERENT
from tl_passlab.review.selection import add_selection_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab show`."""
    add_selection_arguments(parser)
    parser.add_argument("--full", action="store_true", help="the golden's own lines instead of the structural diff")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Show the chosen ones; 1, because they differ."""
    from tl_passlab.report.text import style_for
    from tl_passlab.review import render
    from tl_passlab.review.queue import pending_clusters
    from tl_passlab.review.selection import mirror_of, select

    mirror = mirror_of(args)
    chosen = select(pending_clusters(mirror), args, "show")
    if args.json:
        print(json.dumps([render.entry_json(mirror, entry) for entry in chosen], indent=1))
        return EXIT_DIFFERENT
    for entry in chosen:
        print(render.entry_text(mirror, entry, style_for(), full=args.full))
        for name, why in entry.claims.items():
            print(f"  {name} {'fails: ' + why if why else 'holds'}")
        print()
    print(f"next: passlab accept {chosen[0].path}" if len(chosen) == 1 else "next: passlab review")
    return EXIT_DIFFERENT
