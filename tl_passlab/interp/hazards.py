"""What an access can contradict: the last write of its bytes, the reads since, another lane of the same warp."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp.agents import WARP, Agent
from tl_passlab.interp.clocks import Clocks
from tl_passlab.interp.memory import Mem
from tl_passlab.interp.shadow import Shadow


class Hazards:
    """The checks of an access against the shadow of its memory, and how a contradiction is reported."""

    def __init__(self, block: Any, *, warps: bool) -> None:
        self.block = block
        self.warps = warps
        self.clocks = Clocks(-(-block.thread_count // WARP) if warps else 1)
        self.streams: dict[tuple[str, int], int] = {}

    def _check_valid(self, a: Agent, mem: Mem, shadow: Shadow, cells: Any, site: int) -> bool:
        if shadow.valid is not None and not shadow.valid[cells].all():
            missing = cells[~shadow.valid[cells]]
            if mem.rows > 1:
                missing = missing % (mem.row_bytes // shadow.unit)
            kind = "unwritten-register" if mem.rows > 1 else "uninitialised"
            self.block.report(
                kind,
                f"{mem.name}: bytes {self._span(shadow, missing)} are read but nobody wrote them",
                a,
                site,
            )
            return False
        return True

    def _check_writer(self, a: Agent, mem: Mem, shadow: Shadow, cells: Any, rows: Any, site: int, value: Any) -> None:
        ok = self.clocks.seen[rows, shadow.writer[cells]] >= shadow.written_at[cells]
        if ok.all():
            return
        bad = cells[~ok]
        known = int(shadow.write_site[bad[0]])
        kind = "race"
        if value is not None and value(bad, shadow.unit):
            kind = "benign-race"
        self.block.report(
            kind,
            f"{mem.name}: bytes {self._span(shadow, bad)} are accessed with no ordering after they are written",
            a,
            known,
            site,
            detail=self._who(int(shadow.writer[bad[0]])),
        )

    def _check_lanes(self, a: Agent, mem: Mem, shadow: Shadow, cells: Any, rows: Any, lanes: Any, site: int) -> None:
        """Two lanes of one warp, with no barrier since: no order is promised, and compilers make use of that."""
        if lanes is None:
            return
        mine = (shadow.writer[cells] == self.clocks.column[rows]) & (shadow.written_at[cells] == self.clocks.now(rows))
        known = shadow.lane[cells]
        bad = mine & (known >= 0) & (known != lanes) & (shadow.write_site[cells] != site)
        if bad.any():
            cell, lane = int(cells[bad][0]), int(known[bad][0])
            self.block.report(
                "race",
                f"{mem.name}: bytes {self._span(shadow, cells[bad])} are accessed by another lane "
                "of the warp with no barrier after they are written",
                a,
                int(shadow.write_site[cell]),
                site,
                detail=f"written by thread {lane}, accessed by thread {int(lanes[bad][0])}",
            )

    @staticmethod
    def _repeats(shadow: Shadow, cells: Any, value: Any) -> bool:
        """Whether a store puts what is already there."""
        return bool(shadow.valid is None or shadow.valid[cells].all()) and bool(value(cells, shadow.unit))

    def _check_readers(self, a: Agent, mem: Mem, shadow: Shadow, cells: Any, rows: Any, site: int) -> None:
        if not len(shadow.reader_columns):
            return
        seen = self.clocks.seen[np.atleast_1d(rows)][:, shadow.reader_columns].T
        late = shadow.reads[:, cells] > seen
        if late.any():
            line, position = (int(x[0]) for x in np.nonzero(late))
            bad = cells[late.any(axis=0)]
            self.block.report(
                "race",
                f"{mem.name}: bytes {self._span(shadow, bad)} are overwritten with no ordering after they are read",
                a,
                int(shadow.read_site[line, cells[position]]),
                site,
                detail=self._who(int(shadow.reader_columns[line])),
            )

    def _who(self, column: int) -> str:
        rows = np.nonzero(self.clocks.column == column)[0]
        if rows.size:
            return f"earlier access by {'warp' if self.warps else 'agent'} {int(rows[0])}"
        for (kind, row), stream in self.streams.items():
            if stream == column:
                return f"earlier access by {kind} of {'warp' if self.warps else 'agent'} {row}"
        return "earlier access by an asynchronous operation"

    @staticmethod
    def _span(shadow: Shadow, cells: Any) -> str:
        first, last = int(cells.min()) * shadow.unit, (int(cells.max()) + 1) * shadow.unit - 1
        return f"{first}..{last}"
