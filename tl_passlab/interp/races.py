"""The race detector: every access of shared bytes against the last write and the reads since, by vector clock."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import tmem
from tl_passlab.interp.agents import WARP, Agent
from tl_passlab.interp.clocks import Token
from tl_passlab.interp.hazards import Hazards
from tl_passlab.interp.memory import Mem
from tl_passlab.interp.places import Known, own_cells, places, widen
from tl_passlab.interp.shadow import Shadow

UNFENCED = ("global", tmem.SCOPE)  # memory that both proxies see alike


class Watch(Hazards):
    """Checks accesses and keeps the clocks of one block."""

    def __init__(self, block: Any, *, warps: bool, fences: bool, tracked: set[int]) -> None:
        super().__init__(block, warps=warps)
        self.fences = fences
        self.tracked = tracked
        if block.program.places is None:
            block.program.places = Known()
        self._known: Known = block.program.places
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
            if not shadow.knows(a, index, itemsize):
                cells = own_cells(a, index, itemsize // shadow.unit)
                if self._check_valid(a, mem, shadow, cells, site):
                    shadow.learn(a, index, itemsize)
            return
        cells, rows, lanes = self._known.places(a, index, itemsize // shadow.unit, warps=self.warps)
        if cells.size == 0:
            return
        if not shadow.knows(a, index, itemsize) and self._check_valid(a, mem, shadow, cells, site):
            shadow.learn(a, index, itemsize)
        self._check_writer(a, mem, shadow, cells, rows, site, None)
        self._check_lanes(a, mem, shadow, cells, rows, lanes, site)
        lines = shadow.lines_of(self.clocks.column[rows])
        shadow.reads[lines, cells] = self.clocks.now(rows)
        shadow.read_site[lines, cells] = site

    def write(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int, value: Any = None) -> None:
        """A store by the agent's active lanes; `value` tells a harmless repetition from a race."""
        if not self._watches(mem):
            return
        shadow = self.shadow(mem, itemsize)
        if mem.rows > 1:
            if shadow.valid is not None and not shadow.knows(a, index, itemsize):
                shadow.valid[own_cells(a, index, itemsize // shadow.unit)] = True
                shadow.learn(a, index, itemsize)
            return
        cells, rows, lanes = self._known.places(a, index, itemsize // shadow.unit, warps=self.warps)
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
        return index if not self.warps else self._known.by_lane(a, index)

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
        if self.fences and mem.scope not in UNFENCED:
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

    def read_async_by(
        self, a: Agent, mem: Mem, cells_of: Any, itemsize: int, site: int, streams: list[tuple[int, int, int]]
    ) -> None:
        """The same read by the operations of several rows, each given as row, stream and time."""
        if not self._watches(mem):
            return
        shadow = self.shadow(mem, itemsize)
        cells = widen(np.asarray(cells_of).reshape(-1), itemsize // shadow.unit)
        rows = np.array([row for row, _, _ in streams])[:, None]
        writer, written_at = shadow.writer[cells], shadow.written_at[cells]
        fine = shadow.valid is None or bool(shadow.valid[cells].all())
        fine = fine and bool((self.clocks.seen[rows, writer] >= written_at).all())
        if fine and self.fences and mem.scope not in UNFENCED:
            fine = not (shadow.generic[cells] & (self.clocks.fenced[rows, writer] < written_at)).any()
        if not fine:  # one by one, for the findings of each
            for row, stream, time in streams:
                self.read_async(a, mem, cells_of, itemsize, site, stream, time, row)
            return
        lines = shadow.lines(np.array([stream for _, stream, _ in streams]))[:, None]
        shadow.reads[lines, cells] = np.array([time for _, _, time in streams])[:, None]
        shadow.read_site[lines, cells] = site

    def write_async(
        self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int, columns: Any, times: Any, rows: Any
    ) -> None:
        """An asynchronous operation that `rows` issue will write memory; it belongs to `columns`."""
        if not self._watches(mem):
            return
        shadow = self.shadow(mem, itemsize)
        scale = itemsize // shadow.unit
        if any(isinstance(x, np.ndarray) for x in (columns, times, rows)):
            index, rows, columns, times = np.broadcast_arrays(index, rows, columns, times)
            rows, columns, times = (np.repeat(x.reshape(-1), scale) for x in (rows, columns, times))
        cells = widen(np.asarray(index).reshape(-1), scale)
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
            found = mem.shadow = Shadow(len(mem.data), unit, written=not mem.fresh, shared=mem.rows == 1)
        elif itemsize < found.unit:
            found.split(itemsize)
        assert isinstance(found, Shadow)
        return found

    def _watches(self, mem: Mem) -> bool:
        return mem.fresh or mem.scope != "global" or id(mem) in self.tracked
