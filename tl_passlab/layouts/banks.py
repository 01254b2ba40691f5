"""Shared-memory banks: which of the 32 an element lies in, and how often a typical access hits one bank twice."""

from __future__ import annotations

from collections import Counter

from tl_passlab.layouts.index_map import IndexMap

BANKS = 32
BANK_BITS = 32
# What one phase of ldmatrix reads: eight rows, sixteen bytes of each.
PHASE_ROWS = 8
PHASE_BITS = 128


def bank_of(offset: int, bits: int) -> int:
    """The bank of the first bit of an element."""
    return offset * bits // BANK_BITS % BANKS


def banks(layout: IndexMap, bits: int) -> dict[tuple[int, ...], int]:
    """Logical index -> bank."""
    return {index: bank_of(offset, bits) for index, offset in layout.offsets().items()}


def row_conflicts(layout: IndexMap, bits: int) -> int:
    """The worst number of words of one bank that a warp touches when its lanes read one row, a word each (1: none)."""
    words = max(BANK_BITS // bits, 1)
    columns = range(0, min(layout.shape[-1], BANKS * words), words)
    offsets = layout.offsets()
    rows = {index[:-1] for index in offsets}
    return max(_worst({offsets[(*row, c)] for c in columns}, bits) for row in rows)


def column_conflicts(layout: IndexMap, bits: int) -> int:
    """The same when eight neighbouring rows are read at one column, sixteen bytes each: a phase of ldmatrix."""
    if len(layout.shape) < 2:
        return 1
    width = max(PHASE_BITS // bits, 1)
    offsets = layout.offsets()
    worst = 1
    for head in {index[:-2] for index in offsets}:
        for first in range(0, layout.shape[-2] - PHASE_ROWS + 1, PHASE_ROWS):
            for column in range(0, layout.shape[-1] - width + 1, width):
                rows = range(first, first + PHASE_ROWS)
                touched = {offsets[(*head, row, c)] for row in rows for c in range(column, column + width)}
                worst = max(worst, _worst(touched, bits))
    return worst


def _worst(offsets: set[int], bits: int) -> int:
    words = {offset * bits // BANK_BITS for offset in offsets}
    return max(Counter(word % BANKS for word in words).values())
