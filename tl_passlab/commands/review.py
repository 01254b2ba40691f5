"""`passlab review`: walk the pending goldens by cause; without a terminal, list them and what to type."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME
from tl_passlab.review.selection import add_selection_arguments

if TYPE_CHECKING:
    from tl_passlab.goldens.pending import Mirror, Pending
    from tl_passlab.review.clusters import Cluster


# Goldens listed for each cluster without a terminal.
SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab review`."""
    add_selection_arguments(parser)
    parser.add_argument(
        "--import", dest="archive", type=Path, metavar="ZIP", help="add the pending goldens of a file first"
    )
    parser.add_argument("--even-if-claims-fail", action="store_true", help="let `a` accept what breaks a claim")
    parser.add_argument("--json", action="store_true", help="print the clusters as JSON and decide nothing")


def run(args: argparse.Namespace) -> int:
    """Review; 1 while anything chosen is pending."""
    from tl_passlab.review import render
    from tl_passlab.review.archive import import_pending
    from tl_passlab.review.selection import mirror_of

    mirror = mirror_of(args)
    if args.archive is not None:
        print(f"imported {import_pending(mirror, args.archive)} pending goldens", file=sys.stderr)
    clusters = _chosen(mirror, args)
    if args.json:
        print(json.dumps({"clusters": [render.cluster_json(mirror, c) for c in clusters]}, indent=1))
        return EXIT_DIFFERENT if clusters else EXIT_SAME
    if not clusters:
        print("no goldens are pending\nnext: pytest")
        return EXIT_SAME
    if sys.stdin.isatty() and sys.stdout.isatty():
        return _walk(mirror, clusters, args)
    print(render.list_text(clusters, SHOWN))
    for command in render.next_commands(clusters[0]):
        print(f"next: {command}")
    return EXIT_DIFFERENT


def _chosen(mirror: Mirror, args: argparse.Namespace) -> list[Cluster]:
    """The clusters, narrowed to what the arguments name; everything where they name nothing."""
    from dataclasses import replace

    from tl_passlab.review.queue import pending_clusters
    from tl_passlab.review.selection import select

    clusters = pending_clusters(mirror)
    if not clusters or not (args.glob or args.pass_name or args.case or args.cluster is not None):
        return clusters
    chosen = {entry.path for entry in select(clusters, args, "review")}
    narrowed = [replace(c, entries=tuple(e for e in c.entries if e.path in chosen)) for c in clusters]
    return [c for c in narrowed if c.entries]


def _walk(mirror: Mirror, clusters: list[Cluster], args: argparse.Namespace) -> int:
    from tl_passlab.goldens import store
    from tl_passlab.report.progress import waiting
    from tl_passlab.report.text import style_for
    from tl_passlab.review import render, terminal
    from tl_passlab.review.queue import pending_clusters
    from tl_passlab.review.semantics import semantics_of
    from tl_passlab.review.session import Session

    def execute(entry: Pending) -> str:
        with waiting(f"executing {entry.case} for {entry.target} at every pass boundary"):
            return semantics_of(entry)

    store.refuse_in_ci("passlab review")
    total = sum(len(c.entries) for c in clusters)
    print(f"{render.count(len(clusters), 'cluster')}, {render.count(total, 'pending golden')}")
    session = Session(
        mirror,
        clusters,
        style_for(),
        terminal.read_key,
        print,
        terminal.open_text,
        execute,
        even_if_claims_fail=args.even_if_claims_fail,
    )
    with terminal.single_keys():
        outcome = session.run()
    left = sum(len(c.entries) for c in pending_clusters(mirror))
    print(f"accepted {len(outcome.accepted)}, rejected {len(outcome.rejected)}, still pending {left}")
    print("next: passlab review" if left else "next: git diff --stat")
    return EXIT_DIFFERENT if left else EXIT_SAME
