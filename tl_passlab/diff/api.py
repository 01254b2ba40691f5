"""`diff_text`: two texts in, classified hunks out. Everything else in this package serves it or shows its result."""

from __future__ import annotations

import gc

from tl_passlab.diff.hunks import MAX_PARSED, Builder
from tl_passlab.diff.language import LANGUAGES, detect_pair
from tl_passlab.diff.match import Matching, match_trees
from tl_passlab.diff.moves import find_moves
from tl_passlab.diff.names import Interner
from tl_passlab.diff.prove import Prover
from tl_passlab.diff.read import read, split_source
from tl_passlab.diff.renames import renames
from tl_passlab.diff.result import Diff, Hunk
from tl_passlab.errors import UsageError


def diff_text(before: str, after: str, language: str = "auto", extension: str = "", *, prove: bool = True) -> Diff:
    """Compare two texts by meaning.

    `language` is one of `language.LANGUAGES` or "auto" (found from the content, helped by the file extension).
    Without `prove` statements that differ are not looked into: what corresponds is the same, and every difference is
    semantic, classified by its tokens. That is several times faster.
    """
    if language != "auto" and language not in LANGUAGES:
        raise UsageError("diff", language, f"unknown language; known are {', '.join(LANGUAGES)} and auto")
    if before == after:
        lines = tuple(split_source(before))
        chosen = detect_pair(before, after, extension) if language == "auto" else language
        return Diff(chosen, (), (), lines, lines, tuple((n, n) for n in range(1, len(lines) + 1)))
    chosen = detect_pair(before, after, extension) if language == "auto" else language
    collecting = gc.isenabled()
    # Half a million long-lived small objects make every collection slow, and none of them is garbage.
    gc.disable()
    try:
        return _diff(before, after, chosen, prove)
    finally:
        if collecting:
            gc.enable()


def _diff(before: str, after: str, language: str, prove: bool) -> Diff:
    interner = Interner()
    notes: list[str] = []
    left, right = read(before, language, interner), read(after, language, interner)
    trouble = left.trouble or right.trouble
    if trouble:
        side = "before" if left.trouble else "after"
        notes.append(f"compared as plain text: {trouble} ({side} side)")
        interner = Interner()
        left, right = read(before, "text", interner), read(after, "text", interner)
    if 'metadata["' in before or 'metadata["' in after:
        notes.append("layouts are hidden behind metadata[...]: that they are equal cannot be seen")
    matching = match_trees(left, right, interner)
    moves = find_moves(matching)
    matching.pair_by_name()
    builder = Builder(matching, Prover(matching).prove if prove else None, moves)
    found = builder.build()
    if builder.parsed > MAX_PARSED:
        notes.append(f"more than {MAX_PARSED} statements differ: the rest is classified by their tokens only")
    found += renames(matching, builder.crumbs_before)
    if not found and left.source != right.source:
        found = [_between_statements(left.source, right.source)]
    found.sort(key=lambda hunk: (hunk.before_line, hunk.after_line))
    return Diff(
        language if not trouble else "text",
        tuple(found),
        tuple(notes),
        tuple(left.source),
        tuple(right.source),
        _line_matches(matching),
    )


def _between_statements(before: list[str], after: list[str]) -> Hunk:
    """What differs when no statement does: comments and blank lines, shown from the first to the last."""
    low = 0
    while low < min(len(before), len(after)) and before[low] == after[low]:
        low += 1
    high = 0
    while high < min(len(before), len(after)) - low and before[-1 - high] == after[-1 - high]:
        high += 1
    gone, come = tuple(before[low : len(before) - high]), tuple(after[low : len(after) - high])
    where = (low + bool(gone), low + bool(come))
    return Hunk("formatting", "comments, blank lines or line ends", (), gone, come, *where)


def _line_matches(matching: Matching) -> tuple[tuple[int, int], ...]:
    """Line pairs of matched statements, first lines only where statements have different lengths."""
    before, after = matching.before, matching.after
    found: list[tuple[int, int]] = []
    for i, j in enumerate(matching.to_after):
        if j >= 0:
            count = min(before.last[i] - before.first[i], after.last[j] - after.first[j]) + 1
            found += [(before.first[i] + k, after.first[j] + k) for k in range(count)]
    return tuple(found)
