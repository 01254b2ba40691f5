"""`passlab pending`: the goldens that differ and wait for a decision."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME
from tl_passlab.review.selection import add_mirror_argument


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab pending`."""
    add_mirror_argument(parser)
    parser.add_argument("--export", type=Path, metavar="ZIP", help="write them to a file that `passlab review` imports")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """List; 1 when there are any."""
    from tl_passlab.review import render
    from tl_passlab.review.archive import export_pending
    from tl_passlab.review.queue import pending_clusters
    from tl_passlab.review.selection import mirror_of

    mirror = mirror_of(args)
    clusters = pending_clusters(mirror)
    entries = [entry for c in clusters for entry in c.entries]
    if args.export is not None:
        export_pending(mirror, entries, args.export)
    if args.json:
        listed = [{**render.summary_json(entry), "cluster": c.number} for c in clusters for entry in c.entries]
        print(json.dumps({"pending": listed, "exported": str(args.export) if args.export else None}, indent=1))
    elif args.export is not None:
        print(f"{len(entries)} pending goldens in {args.export}\nnext: passlab review --import {args.export}")
    elif clusters:
        print(render.list_text(clusters))
        print("next: passlab review")
    else:
        print("no goldens are pending\nnext: pytest")
    if args.export is not None:
        return EXIT_SAME
    return EXIT_DIFFERENT if clusters else EXIT_SAME
