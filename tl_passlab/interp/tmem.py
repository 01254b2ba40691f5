"""Tensor memory of one block: 128 lanes of 512 columns of 32-bit words, handed out in columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import memory

LANES = 128
COLUMNS = 512
WORD = 4
SCOPE = "shared.tmem"


class TensorMemory:
    """`owner` says of each column who has it; what the kernel allocates itself it must give back."""

    def __init__(self) -> None:
        self.mem = memory.allocate("tensor memory", SCOPE, LANES * COLUMNS * WORD, 1)
        self.owner: Any = np.zeros(COLUMNS, dtype=np.int64)
        self.given: dict[int, tuple[int, int]] = {}
        self.buffers: dict[int, int] = {}
        self.last: Any = None
        self.issued: dict[int, list[Any]] = {}
        self.stamps: dict[int, tuple[int, int]] = {}

    def place(self, slot: int, columns: int) -> int | None:
        """The columns of a buffer of the IR, which are its own until the block ends."""
        if slot not in self.buffers:
            start = self._take(columns, -1 - slot)
            if start is None:
                return None
            self.buffers[slot] = start
        return self.buffers[slot]

    def allocate(self, columns: int, site: int) -> int | None:
        """Columns for an instruction that asks for them; None when there are not so many left."""
        start = self._take(columns, 1 + site)
        if start is not None:
            self.given[start] = (columns, site)
        return start

    def release(self, start: int, columns: int) -> bool:
        """Give columns back; false when they were not handed out like this."""
        if self.given.get(start, (0, 0))[0] != columns:
            return False
        del self.given[start]
        self.owner[start : start + columns] = 0
        return True

    def _take(self, columns: int, owner: int) -> int | None:
        for start in range(0, COLUMNS - columns + 1, 32):
            if not self.owner[start : start + columns].any():
                self.owner[start : start + columns] = owner
                return start
        return None

    def words(self, lanes: Any, columns: Any) -> tuple[Any, bool]:
        """Word indices of lanes and columns; false when some of the columns are nobody's."""
        first, last = int(columns.min()), int(columns.max())
        fits = first >= 0 and last < COLUMNS and bool(self.owner[first : last + 1].all())
        return lanes * COLUMNS + np.clip(columns, 0, COLUMNS - 1), fits


def of(block: Any) -> TensorMemory:
    """The tensor memory of a block, made when first used."""
    if block.tensor_memory is None:
        block.tensor_memory = TensorMemory()
    found: TensorMemory = block.tensor_memory
    return found
