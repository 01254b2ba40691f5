"""Align two sequences of keys in near-linear time: unique common keys first (patience), then Myers on what is left.

Order is kept: the result is a monotone list of pairs. Statements that moved are found later, by what stays unmatched.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

Range = tuple[int, int, int, int]

# Edit distance at which Myers stops looking for the shortest script and keeps the furthest path it has.
MAX_EDITS = 100


def align(
    before: Sequence[int], after: Sequence[int], bounds: Range, match: list[int], *, shortest: bool = True
) -> None:
    """Match equal keys inside `bounds` (before lo, hi, after lo, hi); `match[i]` becomes the partner of i.

    Without `shortest` only common ends and unique keys are used: anchors for a later, finer round.
    """
    stack = [bounds]
    while stack:
        alo, ahi, blo, bhi = _trimmed(before, after, stack.pop(), match)
        if alo >= ahi or blo >= bhi:
            continue
        anchors = _unique_anchors(before, after, (alo, ahi, blo, bhi))
        if not anchors:
            if not shortest:
                continue
            for i, j in _myers(before, after, (alo, ahi, blo, bhi)):
                match[i] = j
            continue
        for i, j in anchors:
            match[i] = j
            stack.append((alo, i, blo, j))
            alo, blo = i + 1, j + 1
        stack.append((alo, ahi, blo, bhi))


def gaps(match: list[int], bounds: Range) -> list[Range]:
    """The ranges between matched pairs that have something unmatched on both sides."""
    alo, ahi, blo, bhi = bounds
    found: list[Range] = []
    for i in range(alo, ahi):
        j = match[i]
        if j < 0:
            continue
        if i > alo and j > blo:
            found.append((alo, i, blo, j))
        alo, blo = i + 1, j + 1
    if ahi > alo and bhi > blo:
        found.append((alo, ahi, blo, bhi))
    return found


def _trimmed(before: Sequence[int], after: Sequence[int], bounds: Range, match: list[int]) -> Range:
    alo, ahi, blo, bhi = bounds
    while alo < ahi and blo < bhi and before[alo] == after[blo]:
        match[alo] = blo
        alo += 1
        blo += 1
    while alo < ahi and blo < bhi and before[ahi - 1] == after[bhi - 1]:
        ahi -= 1
        bhi -= 1
        match[ahi] = bhi
    return alo, ahi, blo, bhi


def _unique_anchors(before: Sequence[int], after: Sequence[int], bounds: Range) -> list[tuple[int, int]]:
    """Keys that occur once on each side, thinned to the longest run that keeps the order."""
    alo, ahi, blo, bhi = bounds
    here = _unique(before, alo, ahi)
    there = _unique(after, blo, bhi)
    pairs = sorted((i, there[key]) for key, i in here.items() if i >= 0 and there.get(key, -1) >= 0)
    return [pairs[n] for n in longest_rise([j for _, j in pairs])]


def longest_rise(values: list[int]) -> list[int]:
    """The indices of a longest increasing run of distinct values."""
    tails: list[int] = []
    holders: list[int] = []
    previous = [-1] * len(values)
    for n, value in enumerate(values):
        at = bisect_left(tails, value)
        if at == len(tails):
            tails.append(value)
            holders.append(n)
        else:
            tails[at], holders[at] = value, n
        previous[n] = holders[at - 1] if at else -1
    chain: list[int] = []
    n = holders[-1] if holders else -1
    while n >= 0:
        chain.append(n)
        n = previous[n]
    return chain[::-1]


def _unique(keys: Sequence[int], low: int, high: int) -> dict[int, int]:
    """Where each key is, -1 for one that occurs more than once."""
    seen: dict[int, int] = {}
    for i in range(low, high):
        key = keys[i]
        seen[key] = -1 if key in seen else i
    return seen


def _myers(before: Sequence[int], after: Sequence[int], bounds: Range) -> list[tuple[int, int]]:
    """A shortest edit script of the keys that occur on both sides; long scripts are taken in affordable steps."""
    alo, ahi, blo, bhi = bounds
    common = set(before[alo:ahi]) & set(after[blo:bhi])
    if not common:
        return []
    rows = [i for i in range(alo, ahi) if before[i] in common]
    columns = [j for j in range(blo, bhi) if after[j] in common]
    left, right = [before[i] for i in rows], [after[j] for j in columns]
    found: list[tuple[int, int]] = []
    x = y = 0
    while x < len(left) and y < len(right):
        steps, x, y = _furthest(left, right, x, y)
        found += [(rows[i], columns[j]) for i, j in steps]
    return found


def _furthest(left: list[int], right: list[int], x0: int, y0: int) -> tuple[list[tuple[int, int]], int, int]:
    """Myers' greedy search from (x0, y0): the matched cells of the path, and where it ends."""
    n, m = len(left) - x0, len(right) - y0
    reach: dict[int, int] = {}
    history: list[dict[int, int]] = []
    best_k = 0
    for edits in range(min(n + m, MAX_EDITS) + 1):
        history.append(dict(reach))
        best = -1
        for k in range(-edits, edits + 1, 2):
            x = _step(history[-1], k, n, m)[0] if edits else 0
            if x < 0:
                continue
            while x < n and x - k < m and left[x0 + x] == right[y0 + x - k]:
                x += 1
            reach[k] = x
            if 2 * x - k > best:
                best, best_k = 2 * x - k, k
            if x >= n and x - k >= m:
                return _path(history, k, x, (x0, y0), (n, m)), x0 + n, y0 + m
    x = reach[best_k]
    return _path(history, best_k, x, (x0, y0), (n, m)), x0 + x, y0 + x - best_k


def _step(reach: dict[int, int], k: int, n: int, m: int) -> tuple[int, int]:
    """The furthest point of diagonal k one edit on, and the diagonal it comes from; -1 when there is none."""
    down = reach.get(k + 1, -1)
    if down - k > m:
        down = -1
    across = reach.get(k - 1, -2) + 1
    if across > n:
        across = -1
    return (down, k + 1) if down >= across else (across, k - 1)


def _path(
    history: list[dict[int, int]], k: int, x: int, origin: tuple[int, int], size: tuple[int, int]
) -> list[tuple[int, int]]:
    """Walk the recorded search back from diagonal k at x; the diagonal steps are the matches."""
    cells: list[tuple[int, int]] = []
    for edits in range(len(history) - 1, -1, -1):
        start, previous = _step(history[edits], k, *size) if edits else (0, 0)
        while x > start:
            x -= 1
            cells.append((origin[0] + x, origin[1] + x - k))
        x = history[edits].get(previous, 0)
        k = previous
    return cells[::-1]
