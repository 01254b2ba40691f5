"""Who wrote an element: a boundary executed once more with every store of the arguments remembered.

Only `blame` does this, for the boundary that is wrong and the one before it; a check pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.agents import WARP, Agent
from tl_passlab.interp.arguments import Arguments
from tl_passlab.interp.boundaries import Stage
from tl_passlab.interp.compare import Difference
from tl_passlab.interp.errors import Malformed, Stuck, Unsupported
from tl_passlab.interp.execute import Compiler
from tl_passlab.interp.launch import Options
from tl_passlab.interp.layouts import placed, restored
from tl_passlab.interp.memory import Mem
from tl_passlab.interp.places import widen
from tl_passlab.interp.program import Program, Site
from tl_passlab.interp.races import Watch
from tl_passlab.interp.schedule import Schedule

NOBODY, EVERY_LANE, FIRST_WARP = -1, -1, -2
MAX_ARRAYS, MAX_ELEMENTS = 2, 4


@dataclass(frozen=True)
class Author:
    """The last store of an element. `thread` is None where a whole warp, several or a tile operation stored it."""

    block: tuple[int, ...]
    role: str
    tile: bool
    thread: int | None
    warp: int | None
    statement: str
    line: str
    stores: int

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "block": list(self.block), "role": self.role, "tile": self.tile, "thread": self.thread, "warp": self.warp,
            "statement": self.statement, "line": self.line, "stores": self.stores,
        }  # fmt: skip


# A wrong element: its array, its index, what was expected, what was got, who stored it last (None: nobody).
Wrong = tuple[str, tuple[int, ...], float, float, Author | None]


class Ledger:
    """The last store of every byte of every argument, over all blocks of a run."""

    def __init__(self, *, tile: bool) -> None:
        self._tile = tile
        self.stores: list[tuple[tuple[int, ...], str, Site]] = []
        self._keys: dict[tuple[tuple[int, ...], str, int], int] = {}
        self._last: dict[str, Any] = {}

    def watch(self, block: Any, program: Program) -> Recorder:
        """The recorder of one block."""
        return Recorder(block, program, self)

    def note(self, mem: Mem, key: tuple[tuple[int, ...], str, int], site: Site, cells: Any, lanes: Any) -> None:
        """Bytes were stored; `lanes` are the threads, EVERY_LANE, or FIRST_WARP and below for whole warps."""
        number = self._keys.get(key)
        if number is None:
            number = self._keys[key] = len(self.stores)
            self.stores.append((key[0], key[1], site))
        last = self._last.get(mem.name)
        if last is None:
            last = self._last[mem.name] = np.full((3, len(mem.data)), NOBODY, dtype=np.int64)
            last[2] = 0
        last[0, cells], last[1, cells] = number, lanes
        last[2, np.unique(cells)] += 1

    def authors(self, like: dict[str, Any], places: dict[str, Any], wanted: Sequence[Difference]) -> list[Wrong]:
        """Who stored each wrong element that is to be shown."""
        found: list[Wrong] = []
        for d in wanted[:MAX_ARRAYS]:
            array = like[d.name]
            last = self._last.get(d.name)
            for index, expected, got in d.elements[:MAX_ELEMENTS]:
                author = None
                if last is not None:
                    rows = [last[i, : array.nbytes : array.itemsize].reshape(array.shape) for i in range(3)]
                    who, lane, times = (int(restored({d.name: r}, places)[d.name][index]) for r in rows)
                    author = None if who == NOBODY else self._author(who, lane, times)
                found.append((d.name, index, expected, got, author))
        return found

    def _author(self, who: int, lane: int, times: int) -> Author:
        block, role, site = self.stores[who]
        thread = lane if lane >= 0 else None
        warp = FIRST_WARP - lane if lane <= FIRST_WARP else None if thread is None else thread // WARP
        tile = self._tile and thread is None
        return Author(block, role, tile, thread, warp, site.text, site.line, times)


class Recorder(Watch):
    """Takes the place of the race detector: checks nothing, and notes every store to an argument."""

    def __init__(self, block: Any, program: Program, ledger: Ledger) -> None:
        super().__init__(block, warps=program.level.warp_clocks, fences=False, tracked=set())
        self._sites = program.sites
        self._ledger = ledger

    def _watches(self, mem: Mem) -> bool:
        return False

    def write(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int, value: Any = None) -> None:
        """A store by the agent's active lanes."""
        if mem.scope == "global":
            cells, lanes = self._cells(a, np.asarray(index))
            self._note(a, mem, site, widen(cells.reshape(-1), itemsize), np.repeat(lanes.reshape(-1), itemsize))

    def atomic(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int) -> None:
        """An atomic update: the last contribution counts as the store."""
        self.write(a, mem, index, itemsize, site)

    def write_rows(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int) -> None:
        """A store by whole warps: the first axis of the index is the warp."""
        if mem.scope == "global":
            lanes = np.broadcast_to(FIRST_WARP - a.warps.reshape(-1, *([1] * (index.ndim - 1))), index.shape)
            self._note(a, mem, site, widen(index.reshape(-1), itemsize), np.repeat(lanes.reshape(-1), itemsize))

    def launched(self, a: Agent, flight: Any) -> None:
        """A bulk store moves bytes behind everyone's back: note which of the arguments' bytes it puts."""
        if flight.name != "tma_store":
            return
        mems = [v.mem for v in a.env if getattr(getattr(v, "mem", None), "scope", "") == "global"]
        own = {id(m): m for m in mems}
        lanes, act = a.active_lanes(), flight.act
        lane = int(lanes[0]) if len(lanes) == 1 else EVERY_LANE

        def recorded() -> None:
            for mem, cells in put_by(act, list(own.values())):
                self._note(a, mem, flight.site, cells, lane)

        flight.act = recorded

    def _cells(self, a: Agent, index: Any) -> tuple[Any, Any]:
        """The element and the lane of every store that the mask lets through."""
        shape = np.broadcast_shapes(index.shape, () if a.mask is None else a.mask.shape)
        by_lane = len(shape) == axes.RANK and shape[0] == a.count
        who: Any = a.lanes.reshape(-1, 1, 1, 1, 1) if by_lane else np.array(EVERY_LANE)
        index, who = np.broadcast_to(index, shape), np.broadcast_to(who, shape)
        if a.mask is None:
            return index, who
        keep = np.broadcast_to(a.mask, shape)
        return index[keep], who[keep]

    def _note(self, a: Agent, mem: Mem, site: int, cells: Any, lanes: Any) -> None:
        key = (tuple(self.block.index), a.role, site)
        self._ledger.note(mem, key, self._sites[site], cells, lanes)


def put_by(act: Any, mems: list[Mem]) -> list[tuple[Mem, Any]]:
    """Carry an action out and return the bytes it stores: those that differ from one of two fillings before it."""
    kept = [mem.data.copy() for mem in mems]
    stored: list[Any] = [np.zeros(len(mem.data), dtype=bool) for mem in mems]
    for filling in (0x00, 0xFF):
        for mem in mems:
            mem.data[:] = filling
        act()
        for mem, flags in zip(mems, stored, strict=True):
            flags |= mem.data != filling
    for mem, before, flags in zip(mems, kept, stored, strict=True):
        mem.data[~flags] = before[~flags]
    return [(mem, np.flatnonzero(flags)) for mem, flags in zip(mems, stored, strict=True)]


def authors_at(
    stages: Sequence[Stage],
    arguments: Arguments,
    places: dict[str, Any],
    schedule: Schedule,
    device_type: int,
    wanted: Sequence[Difference],
) -> list[Wrong] | None:
    """Who wrote the wrong elements at the last of these stages; None when it cannot be executed."""
    compiler, compiled = Compiler(), None
    for stage in stages:  # the host half of a split module is needed later
        try:
            compiled = compiler.compile(stage)
        except (Unsupported, Malformed):
            compiled = None
    if compiled is None:
        return None
    ledger = Ledger(tile=stages[-1].level.tile)
    own = {} if stages[-1].level.tile else places
    moved = replace(arguments, values=placed(arguments.values, own))
    try:
        compiled.run(moved, Options(schedule, watch=False, device_type=device_type, ledger=ledger))
    except (Unsupported, Malformed, Stuck):
        return None
    return ledger.authors(dict(arguments.values), own, wanted)
