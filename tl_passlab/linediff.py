"""Line diffs as data: what a golden stores, and the counts a table shows."""

from __future__ import annotations

import difflib
from collections.abc import Iterator


def diff_lines(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    """`(sign, line)` of the whole text: ` ` kept, `-` only before, `+` only after.

    Common ends are cut off first: passes touch little of a long text, and difflib is quadratic in what is left.
    """
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    yield from ((" ", line) for line in before[:head])
    middle_before, middle_after = before[head : len(before) - tail], after[head : len(after) - tail]
    matcher = difflib.SequenceMatcher(None, middle_before, middle_after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from ((" ", line) for line in middle_before[i1:i2])
        else:
            yield from (("-", line) for line in middle_before[i1:i2])
            yield from (("+", line) for line in middle_after[j1:j2])
    yield from ((" ", line) for line in before[len(before) - tail :])


def count_changes(before: str, after: str) -> tuple[int, int]:
    """How many lines were added and removed."""
    if before == after:
        return 0, 0
    signs = [sign for sign, _ in diff_lines(before.splitlines(), after.splitlines())]
    return signs.count("+"), signs.count("-")


def unified(before: str, after: str, context: int = 3) -> list[str]:
    """The changed regions with a few lines around each; a gap shows as `...`."""
    rows = list(diff_lines(before.splitlines(), after.splitlines()))
    near = [False] * len(rows)
    for index, (sign, _) in enumerate(rows):
        if sign != " ":
            for k in range(max(0, index - context), min(len(rows), index + context + 1)):
                near[k] = True
    lines: list[str] = []
    for index, (sign, line) in enumerate(rows):
        if near[index]:
            lines.append(f"{sign} {line}")
        elif index and near[index - 1]:
            lines.append("...")
    if lines and lines[-1] == "...":
        lines.pop()
    return lines
