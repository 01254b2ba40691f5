"""A diff as JSON. The schema is documented in docs/diff.md; a change of meaning changes VERSION."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tl_passlab.diff.compare_folders import Paired, first_difference
from tl_passlab.diff.result import Diff, Hunk

VERSION = 1


def hunk_value(hunk: Hunk) -> dict[str, Any]:
    """One hunk."""
    return {
        "kind": hunk.kind,
        "reason": hunk.reason,
        "also": list(hunk.also),
        "cosmetic": hunk.cosmetic,
        "breadcrumbs": list(hunk.breadcrumbs),
        "before_line": hunk.before_line,
        "after_line": hunk.after_line,
        "before": list(hunk.before),
        "after": list(hunk.after),
    }


def diff_value(diff: Diff, before: str, after: str) -> dict[str, Any]:
    """The comparison of two texts."""
    return {
        "format": "passlab-diff",
        "version": VERSION,
        "before": before,
        "after": after,
        "language": diff.language,
        "identical": diff.identical,
        "equal": diff.equal,
        "counts": dict(diff.counts),
        "notes": list(diff.notes),
        "hunks": [hunk_value(hunk) for hunk in diff.hunks],
    }


def folders_value(found: Sequence[Paired], before: str, after: str) -> dict[str, Any]:
    """The comparison of two directories."""
    first = first_difference(list(found))
    return {
        "format": "passlab-diff-folders",
        "version": VERSION,
        "before": before,
        "after": after,
        "equal": not any(pair.differs for pair in found),
        "first_difference": first.name if first else None,
        "removed": [pair.name for pair in found if pair.only == "before"],
        "added": [pair.name for pair in found if pair.only == "after"],
        "boundaries": [
            {
                "name": pair.name,
                "input_equal": pair.input_equal,
                **diff_value(pair.diff, f"{before}:{pair.name}", f"{after}:{pair.name}"),
            }
            for pair in found
            if pair.diff is not None
        ],
    }
