"""`passlab accept`: make pending texts the goldens."""

from __future__ import annotations

import argparse

from tl_passlab.errors import EXIT_DIFFERENT, EXIT_SAME
from tl_passlab.review.selection import add_selection_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab accept`."""
    add_selection_arguments(parser)
    parser.add_argument("--even-if-claims-fail", action="store_true", help="also where a claim does not hold any more")


def run(args: argparse.Namespace) -> int:
    """Accept; 1 when a golden was refused."""
    from tl_passlab.goldens import store
    from tl_passlab.review import decide
    from tl_passlab.review.queue import pending_clusters
    from tl_passlab.review.selection import mirror_of, select

    store.refuse_in_ci("passlab accept")
    mirror = mirror_of(args)
    chosen = select(pending_clusters(mirror), args, "accept")
    outcome = decide.accept(mirror, chosen, even_if_claims_fail=args.even_if_claims_fail)
    print("\n".join(outcome.lines()))
    if outcome.refused:
        print(f"next: passlab show {next(iter(outcome.refused))}")
        return EXIT_DIFFERENT
    left = pending_clusters(mirror)
    print("next: passlab review" if left else "next: git diff --stat")
    return EXIT_SAME
