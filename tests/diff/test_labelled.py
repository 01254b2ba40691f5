"""Every labelled pair gets its class, and nothing that matters is called cosmetic."""

from __future__ import annotations

import pytest

from tests.diff.labelled import PAIRS, Pair, both_sides
from tl_passlab.diff import COSMETIC, diff_text


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_labelled_pair_is_classified_right(pair: Pair) -> None:
    before, after = both_sides(pair)
    extension = "." + pair.file.rpartition(".")[2]
    diff = diff_text(before, after, extension=extension)
    assert set(diff.counts) == pair.kinds, diff.hunks
    assert diff.equal == (pair.kinds <= set(COSMETIC))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_labelled_pair_the_other_way_round_is_as_cosmetic(pair: Pair) -> None:
    before, after = both_sides(pair)
    diff = diff_text(after, before, extension="." + pair.file.rpartition(".")[2])
    assert diff.hunks and diff.equal == (pair.kinds <= set(COSMETIC))


def test_there_are_enough_labelled_pairs_of_every_class() -> None:
    assert len(PAIRS) >= 60 and len({pair.name for pair in PAIRS}) == len(PAIRS)
    labelled = set().union(*(pair.kinds for pair in PAIRS))
    assert labelled >= {"synchronisation", "pipeline stage / parity", "layout", "equal expression", "type / cast"}
