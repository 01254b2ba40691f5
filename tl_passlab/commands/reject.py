"""`passlab reject`: forget pending texts; the goldens stay as they are."""

from __future__ import annotations

import argparse

from tl_passlab.errors import EXIT_SAME
from tl_passlab.review.selection import add_selection_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `passlab reject`."""
    add_selection_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Reject."""
    from tl_passlab.review import decide
    from tl_passlab.review.queue import pending_clusters
    from tl_passlab.review.selection import mirror_of, select

    mirror = mirror_of(args)
    chosen = select(pending_clusters(mirror), args, "reject")
    print("\n".join(decide.reject(mirror, chosen).lines()))
    print("next: passlab review" if pending_clusters(mirror) else "next: pytest")
    return EXIT_SAME
