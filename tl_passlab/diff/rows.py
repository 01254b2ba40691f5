"""Both texts as rows of a side-by-side view: which line stands beside which, and which hunk each belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tl_passlab.diff.result import Diff, Hunk


@dataclass(frozen=True)
class Row:
    """One row: line numbers (0 for none), the hunk it belongs to (-1: unchanged)."""

    left: int
    right: int
    hunk: int


def rows(diff: Diff) -> Iterator[Row]:
    """The rows in order; lines of a hunk that have a partner stand beside it, the others alone."""
    owner_left = _owners(diff.hunks, True)
    owner_right = _owners(diff.hunks, False)
    i = j = 1
    for left, right in [*_in_order(diff.matches), (len(diff.before_lines) + 1, len(diff.after_lines) + 1)]:
        yield from _between(range(i, left), range(j, right), owner_left, owner_right)
        if left <= len(diff.before_lines):
            yield Row(left, right, owner_left.get(left, owner_right.get(right, -1)))
        i, j = left + 1, right + 1


def _between(removed: range, added: range, owner_left: dict[int, int], owner_right: dict[int, int]) -> Iterator[Row]:
    """Lines without a partner: blank ones side by side, those of one hunk removed first, then added."""
    gone, come = list(removed), list(added)
    while gone and come and gone[0] not in owner_left and come[0] not in owner_right:
        yield Row(gone.pop(0), come.pop(0), -1)
    for line in gone:
        yield Row(line, 0, owner_left.get(line, -1))
    for line in come:
        yield Row(0, line, owner_right.get(line, -1))


def _in_order(matches: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    """The pairs that keep the order on both sides; functions in another order are shown apart."""
    reach = 0
    for left, right in matches:
        if right > reach:
            yield left, right
            reach = right


def _owners(hunks: tuple[Hunk, ...], left: bool) -> dict[int, int]:
    """The hunk of every line; where two claim a line the one that is not cosmetic has it."""
    found: dict[int, int] = {}
    for number, hunk in enumerate(hunks):
        start, lines = (hunk.before_line, hunk.before) if left else (hunk.after_line, hunk.after)
        for line in range(start, start + len(lines)):
            if line not in found or hunks[found[line]].cosmetic:
                found[line] = number
    return found
