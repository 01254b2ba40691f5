"""Alignment: matches are of equal keys, in order, and as many as there can be."""

from __future__ import annotations

import random
from itertools import pairwise

from tl_passlab.diff.align import align, gaps, longest_rise


def _common(before: list[int], after: list[int]) -> int:
    """The length of a longest common subsequence, by the textbook table."""
    table = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i, x in enumerate(before):
        for j, y in enumerate(after):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


def _aligned(before: list[int], after: list[int]) -> list[tuple[int, int]]:
    match = [-1] * len(before)
    align(before, after, (0, len(before), 0, len(after)), match)
    return [(i, j) for i, j in enumerate(match) if j >= 0]


def test_random_sequences_are_aligned_in_order() -> None:
    chance = random.Random(2)
    for _ in range(400):
        before = [chance.randrange(chance.choice((2, 9, 40))) for _ in range(chance.randrange(30))]
        after = [chance.randrange(chance.choice((2, 9, 40))) for _ in range(chance.randrange(30))]
        pairs = _aligned(before, after)
        assert all(before[i] == after[j] for i, j in pairs)
        assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


def test_sequences_without_unique_keys_get_a_longest_match() -> None:
    chance = random.Random(3)
    for _ in range(200):
        # Every key twice on each side: nothing to anchor on.
        before, after = ([*range(8), *range(8)] for _ in range(2))
        chance.shuffle(before)
        chance.shuffle(after)
        ends_differ = before[0] != after[0] and before[-1] != after[-1]
        if ends_differ:
            assert len(_aligned(before, after)) == _common(before, after)


def test_two_long_unrelated_sequences_are_aligned_without_a_quadratic_search() -> None:
    chance = random.Random(4)
    before = [chance.randrange(4) for _ in range(20_000)]
    after = [chance.randrange(4) for _ in range(20_000)]
    assert len(_aligned(before, after)) > 10_000


def test_gaps_are_what_is_unmatched_on_both_sides() -> None:
    assert gaps([0, -1, 3, -1], (0, 4, 0, 6)) == [(1, 2, 1, 3), (3, 4, 4, 6)]
    assert gaps([0, 1], (0, 2, 0, 5)) == []


def test_longest_rise_is_longest_and_rises() -> None:
    values = [5, 1, 2, 9, 3, 4, 0]
    assert [values[k] for k in longest_rise(values)] == [1, 2, 3, 4]
    assert longest_rise([]) == []
