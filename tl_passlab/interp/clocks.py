"""Vector clocks: what each agent or warp has seen of every other's past.

A row is someone who executes (an agent while synchronisation is implicit, a warp once it is explicit); a column is
something whose progress can be seen: every row, and every asynchronous operation or stream of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

FIRST_COLUMNS = 64


@dataclass(frozen=True)
class Token:
    """What a release makes visible: the past itself, and the part of it that a proxy fence covers."""

    seen: Any
    fenced: Any


class Clocks:
    """The clock matrix. Column 0 belongs to nobody: memory that no one wrote carries it."""

    def __init__(self, rows: int) -> None:
        self.columns = 1
        self.seen: Any = np.zeros((0, FIRST_COLUMNS), dtype=np.int32)
        self.fenced: Any = np.zeros((0, FIRST_COLUMNS), dtype=np.int32)
        self.column: Any = np.zeros(0, dtype=np.int64)
        for _ in range(rows):
            self._new_row(None)

    def new_column(self) -> int:
        """A fresh column."""
        self.columns += 1
        if self.columns > self.seen.shape[1]:
            self.seen = np.pad(self.seen, ((0, 0), (0, self.seen.shape[1])))
            self.fenced = np.pad(self.fenced, ((0, 0), (0, self.fenced.shape[1])))
        return self.columns - 1

    def _new_row(self, parent: int | None) -> int:
        row = len(self.column)
        column = self.new_column()
        blank: Any = np.zeros((1, self.seen.shape[1]), dtype=np.int32)
        self.seen = np.concatenate([self.seen, blank if parent is None else self.seen[parent : parent + 1]])
        self.fenced = np.concatenate([self.fenced, blank if parent is None else self.fenced[parent : parent + 1]])
        self.column = np.append(self.column, column)
        self.seen[row, column] = 1
        return row

    def fork(self, parent: int) -> int:
        """A row that knows all its parent knows."""
        return self._new_row(parent)

    def merge(self, rows: list[int]) -> int:
        """A row that knows all of several."""
        row = self._new_row(None)
        self.seen[row] = np.maximum(self.seen[row], self.seen[rows].max(axis=0))
        self.fenced[row] = np.maximum(self.fenced[row], self.fenced[rows].max(axis=0))
        return row

    def now(self, rows: Any) -> Any:
        """Each row's own time."""
        return self.seen[rows, self.column[rows]]

    def release(self, rows: Any) -> Token:
        """Everything these rows did so far, for someone to acquire; their later acts are not part of it."""
        token = Token(self.seen[rows].max(axis=0), self.fenced[rows].max(axis=0))
        self.seen[rows, self.column[rows]] += 1
        return token

    def acquire(self, rows: Any, token: Token | None) -> None:
        """See what was released."""
        if token is None:
            return
        width = len(token.seen)
        for row in np.atleast_1d(rows):
            np.maximum(self.seen[row, :width], token.seen, out=self.seen[row, :width])
            np.maximum(self.fenced[row, :width], token.fenced, out=self.fenced[row, :width])

    def join(self, left: Token | None, right: Token) -> Token:
        """Two releases as one."""
        if left is None:
            return right
        width = max(len(left.seen), len(right.seen))
        fenced: Any
        seen: Any
        seen, fenced = np.zeros(width, dtype=np.int32), np.zeros(width, dtype=np.int32)
        for token in (left, right):
            size = len(token.seen)
            np.maximum(seen[:size], token.seen, out=seen[:size])
            np.maximum(fenced[:size], token.fenced, out=fenced[:size])
        return Token(seen, fenced)

    def observe(self, rows: Any, column: int, time: int) -> None:
        """See an asynchronous stream up to a time."""
        for row in np.atleast_1d(rows):
            self.seen[row, column] = max(int(self.seen[row, column]), time)

    def fence(self, rows: Any) -> None:
        """Make everything seen visible to the asynchronous proxy."""
        self.fenced[rows] = np.maximum(self.fenced[rows], self.seen[rows])
