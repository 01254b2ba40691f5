"""A structural diff of IR dumps and generated sources: what changed, and whether it matters.

`diff_text(before, after)` returns a `Diff` whose hunks are classified; `render_hunks` shows them in a terminal. Texts
are read, never executed. `docs/diff.md` documents the classes.

Importing this costs next to nothing: pytest does it in every session, and most sessions have nothing to compare.
"""

from __future__ import annotations

from collections.abc import Collection

from tl_passlab.diff.result import CLASSES, COSMETIC, SEMANTIC, Diff, Hunk

__all__ = ["CLASSES", "COSMETIC", "SEMANTIC", "Diff", "Hunk", "diff_text", "render_hunks"]


def diff_text(before: str, after: str, language: str = "auto", extension: str = "", *, prove: bool = True) -> Diff:
    """Compare two texts by meaning; see `tl_passlab.diff.api.diff_text`."""
    from tl_passlab.diff import api

    return api.diff_text(before, after, language, extension, prove=prove)


def render_hunks(
    diff: Diff, width: int = 100, color: bool = False, *, unified: bool = False, show: Collection[str] | None = None
) -> str:
    """The semantic hunks, or those of the classes in `show`, as text; see `tl_passlab.diff.render_text`."""
    from tl_passlab.diff import render_text

    return render_text.render_hunks(diff, width, color, unified=unified, show=show)
