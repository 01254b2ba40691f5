"""The race detector's memory of memory: by cell, who wrote last, when, how, and who read since.

The cell is the smallest element ever accessed; a smaller access splits all cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np

MAX_KNOWN = 256


class Shadow:
    """State per cell. `reads` has one line per reader column, made when a column first reads."""

    def __init__(self, nbytes: int, unit: int, *, written: bool, shared: bool) -> None:
        self.unit = unit
        self.cells = -(-nbytes // unit)
        self.valid: Any = None if written else np.zeros(self.cells, dtype=bool)
        self.shared = shared
        self.reads: Any = np.zeros((0, self.cells if shared else 0), dtype=np.int32)
        self.read_site: Any = np.zeros((0, self.cells if shared else 0), dtype=np.int32)
        self.readers: dict[int, int] = {}
        self.reader_columns: Any = np.zeros(0, dtype=np.int64)
        size = self.cells if shared else 0
        self.writer: Any = np.zeros(size, dtype=np.int32)
        self.written_at: Any = np.zeros(size, dtype=np.int32)
        self.generic: Any = np.zeros(size, dtype=bool)
        self.write_site: Any = np.zeros(size, dtype=np.int32)
        self.lane: Any = np.full(size, -1, dtype=np.int32)
        self.atomic_sites: set[int] = set()
        self._written: dict[tuple[int, int], Any] = {}

    def of_next_block(self) -> Shadow | None:
        """What remains when another block runs, whose order to this one is not checked: what has been written."""
        if self.valid is None:
            return None
        kept = Shadow(self.cells * self.unit, self.unit, written=False, shared=self.shared)
        kept.valid = self.valid
        return kept

    def is_atomic(self, cells: Any) -> Any:
        """Which cells an atomic statement wrote last."""
        return np.isin(self.write_site[cells], list(self.atomic_sites)) & (self.writer[cells] > 0)

    def knows(self, a: Any, index: Any, itemsize: int) -> bool:
        """Whether an earlier access with this very index array, all lanes active, left all its cells written.

        What is written stays written, and compiled accesses use the same arrays again and again.
        """
        return a.mask is None and self._written.get((id(index), itemsize)) is index

    def learn(self, a: Any, index: Any, itemsize: int) -> None:
        """All cells of an access have been written; keeping the array keeps its identity its own."""
        if a.mask is None and isinstance(index, np.ndarray):
            if len(self._written) >= MAX_KNOWN:
                self._written.clear()
            self._written[id(index), itemsize] = index

    def split(self, unit: int) -> None:
        """Make the cells smaller."""
        times = self.unit // unit
        self.unit, self.cells = unit, self.cells * times
        if self.valid is not None:
            self.valid = np.repeat(self.valid, times)
        if self.shared:
            self.reads = np.repeat(self.reads, times, axis=1)
            self.read_site = np.repeat(self.read_site, times, axis=1)
            for name in ("writer", "written_at", "generic", "write_site", "lane"):
                setattr(self, name, np.repeat(getattr(self, name), times))

    def lines(self, columns: Any) -> Any:
        """The lines in `reads` of these reader columns."""
        flat = np.atleast_1d(columns)
        for column in flat:
            if int(column) not in self.readers:
                self.readers[int(column)] = len(self.reads)
                self.reads = np.concatenate([self.reads, np.zeros((1, self.cells), dtype=np.int32)])
                self.read_site = np.concatenate([self.read_site, np.zeros((1, self.cells), dtype=np.int32)])
                self.reader_columns = np.append(self.reader_columns, int(column))
        return np.array([self.readers[int(c)] for c in flat])

    def lines_of(self, columns: Any) -> Any:
        """The line of each of many columns, most of which repeat."""
        if not isinstance(columns, np.ndarray):
            return self.lines(columns)[0]
        if not len(columns):
            return columns
        present = np.flatnonzero(np.bincount(columns))
        table: Any = np.zeros(present[-1] + 1, dtype=np.int64)
        table[present] = self.lines(present)
        return table[columns]
