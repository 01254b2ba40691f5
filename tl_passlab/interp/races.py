"""The race detector: every access of shared bytes against the last write and the reads since, by vector clock."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp.agents import WARP, Agent
from tl_passlab.interp.clocks import Clocks, Token
from tl_passlab.interp.memory import Mem
from tl_passlab.interp.places import own_cells, places, widen
from tl_passlab.interp.shadow import Shadow


class Watch:
    """Checks accesses and keeps the clocks of one block."""

    def __init__(self, block: Any, *, warps: bool, fences: bool, tracked: set[int]) -> None:
        self.block = block
        self.warps = warps
        self.fences = fences
        self.tracked = tracked
        self.clocks = Clocks(-(-block.thread_count // WARP) if warps else 1)
        self.streams: dict[tuple[str, int], int] = {}
        self.times: dict[int, int] = {}

    # -- who executes -------------------------------------------------------------------------------------------

    def rows(self, a: Agent) -> Any:
        """The clock rows of an agent's active lanes."""
        if not self.warps:
            return np.array([a.row])
        return a.warps if a.mask is None else np.unique(a.active_lanes() // WARP)

    def stream(self, kind: str, row: int) -> int:
        """The column of a row's asynchronous operations of one kind, which complete in order."""
        key = (kind, row)
        if key not in self.streams:
            self.streams[key] = self.clocks.new_column()
        return self.streams[key]

    # -- generic accesses ---------------------------------------------------------------------------------------

    def read(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int) -> None:
        """A load by the agent's active lanes."""
        if not self._watches(mem):
            return
        shadow = self.shadow(mem, itemsize)
        if mem.rows > 1:
            self._check_valid(a, mem, shadow, own_cells(a, index, itemsize // shadow.unit), site)
            return
        cells, rows, lanes = places(a, index, itemsize // shadow.unit, warps=self.warps)
        if cells.size == 0:
            return
        self._check_valid(a, mem, shadow, cells, site)
        self._check_writer(a, mem, shadow, cells, rows, site, None)
        self._check_lanes(a, mem, shadow, cells, rows, lanes, site)
        times = self.clocks.now(rows)
        lines = shadow.lines(self.clocks.column[np.unique(rows)])
        by_row: Any = np.zeros(len(self.clocks.column), dtype=np.int64)
        by_row[np.unique(rows)] = lines
        shadow.reads[by_row[rows], cells] = times
        shadow.read_site[by_row[rows], cells] = site

    def write(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int, value: Any = None) -> None:
        """A store by the agent's active lanes; `value` tells a harmless repetition from a race."""
        if not self._watches(mem):
            return
        shadow = self.shadow(mem, itemsize)
        if mem.rows > 1:
            if shadow.valid is not None:
                shadow.valid[own_cells(a, index, itemsize // shadow.unit)] = True
            return
        cells, rows, lanes = places(a, index, itemsize // shadow.unit, warps=self.warps)
        if cells.size == 0:
            return
        self._check_writer(a, mem, shadow, cells, rows, site, value)
        self._check_readers(a, mem, shadow, cells, rows, site)
        if value is None or not self._repeats(shadow, cells, value):
            self._check_lanes(a, mem, shadow, cells, rows, lanes, site)
        shadow.writer[cells] = self.clocks.column[rows]
        shadow.written_at[cells] = self.clocks.now(rows)
        shadow.generic[cells] = True
        shadow.write_site[cells] = site
        shadow.lane[cells] = -1 if lanes is None else lanes
        if shadow.valid is not None:
            shadow.valid[cells] = True

    def same_statement(self, a: Agent, mem: Mem, index: Any, view: Any, value: Any, site: int) -> None:
        """After a store: what two lanes stored to one place must have been the same."""
        if not self._watches(mem):
            return
        stored = view[index]
        wrong = stored != value
        if wrong.any():
            wrong &= ~((stored != stored) & (value != value))
            if wrong.any():
                place = int(np.broadcast_to(index, wrong.shape)[wrong][0])
                self.block.report(
                    "conflict", f"{mem.name}: lanes of one statement store different values to element {place}", a, site
                )

    def read_rows(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int) -> None:
        """A load by whole warps: the first axis of the index is the warp."""
        self.read(a, mem, self._as_lanes(a, index), itemsize, site)

    def write_rows(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int) -> None:
        """A store by whole warps: the first axis of the index is the warp."""
        self.write(a, mem, self._as_lanes(a, index), itemsize, site)

    def _as_lanes(self, a: Agent, index: Any) -> Any:
        """An index by warp laid out by lane, so that each element belongs to its own warp."""
        return index if not self.warps else index.reshape(a.count, -1, 1, 1, 1)

    def atomic(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int) -> None:
        """An atomic update: a race with plain accesses, not with other atomics."""
        if not self._watches(mem):
            return
        shadow = self.shadow(mem, itemsize)
        cells, rows, _ = places(a, index, itemsize // shadow.unit, warps=self.warps)
        self._check_valid(a, mem, shadow, cells, site)
        if mem.rows > 1:
            return
        plain = ~shadow.is_atomic(cells)
        rows = np.broadcast_to(rows, cells.shape)
        if plain.any():
            self._check_writer(a, mem, shadow, cells[plain], rows[plain], site, None)
        self._check_readers(a, mem, shadow, cells, rows, site)
        shadow.writer[cells] = self.clocks.column[rows]
        shadow.written_at[cells] = self.clocks.now(rows)
        shadow.generic[cells] = True
        shadow.write_site[cells], shadow.lane[cells] = site, -1
        shadow.atomic_sites.add(site)

    # -- asynchronous accesses ----------------------------------------------------------------------------------

    def read_async(
        self, a: Agent, mem: Mem, cells_of: Any, itemsize: int, site: int, stream: int, time: int, row: int
    ) -> None:
        """An asynchronous operation reads shared memory; it was issued by `row` and belongs to `stream`."""
        if not self._watches(mem):
            return
        shadow = self.shadow(mem, itemsize)
        cells = widen(np.asarray(cells_of).reshape(-1), itemsize // shadow.unit)
        self._check_valid(a, mem, shadow, cells, site)
        self._check_writer(a, mem, shadow, cells, row, site, None)
        if self.fences and mem.scope != "global":
            late = shadow.generic[cells] & (self.clocks.fenced[row, shadow.writer[cells]] < shadow.written_at[cells])
            if late.any():
                cell = int(cells[late][0])
                self.block.report(
                    "fence",
                    f"{mem.name}: the asynchronous proxy reads bytes {self._span(shadow, cells[late])}"
                    " that were written without a proxy fence",
                    a,
                    int(shadow.write_site[cell]),
                    site,
                )
        (line,) = shadow.lines(stream)
        shadow.reads[line, cells] = time
        shadow.read_site[line, cells] = site

    def write_async(
        self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int, columns: Any, times: Any, rows: Any
    ) -> None:
        """An asynchronous operation that `rows` issue will write memory; it belongs to `columns`."""
        if not self._watches(mem):
            return
        shadow = self.shadow(mem, itemsize)
        scale = itemsize // shadow.unit
        index, rows, columns, times = np.broadcast_arrays(index, rows, columns, times)
        cells = widen(index.reshape(-1), scale)
        rows, columns, times = (np.repeat(x.reshape(-1), scale) for x in (rows, columns, times))
        if cells.size == 0:
            return
        if shadow.valid is not None:
            shadow.valid[cells] = True
        self._check_writer(a, mem, shadow, cells, rows, site, None)
        self._check_readers(a, mem, shadow, cells, rows, site)
        shadow.writer[cells], shadow.written_at[cells] = columns, times
        shadow.generic[cells], shadow.write_site[cells] = False, site
        shadow.lane[cells] = -1

    # -- synchronisation ----------------------------------------------------------------------------------------

    def release(self, a: Agent) -> Token:
        """What the agent's active rows did so far."""
        return self.clocks.release(self.rows(a))

    def acquire(self, a: Agent, token: Token | None) -> None:
        """Let the agent's active rows see a release."""
        self.clocks.acquire(self.rows(a), token)

    def join_all(self, agents: list[Agent]) -> None:
        """A barrier among agents: all see what all did."""
        rows = np.unique(np.concatenate([self.rows(x) for x in agents]))
        self.clocks.acquire(rows, self.clocks.release(rows))

    # -- parts --------------------------------------------------------------------------------------------------

    def shadow(self, mem: Mem, itemsize: int) -> Shadow:
        """The shadow of a memory, split when this access is the smallest so far."""
        found = mem.shadow
        if found is None:
            unit = itemsize
            while mem.row_bytes % unit or unit > itemsize:
                unit //= 2
            found = mem.shadow = Shadow(len(mem.data), unit, written=mem.scope == "global", shared=mem.rows == 1)
        elif itemsize < found.unit:
            found.split(itemsize)
        assert isinstance(found, Shadow)
        return found

    def _watches(self, mem: Mem) -> bool:
        return mem.scope != "global" or id(mem) in self.tracked

    def _check_valid(self, a: Agent, mem: Mem, shadow: Shadow, cells: Any, site: int) -> None:
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
