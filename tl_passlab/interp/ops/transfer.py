"""Asynchronous transfers of tiles: cp.async without a commit, TMA loads that signal a barrier, TMA stores, gathers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.clocks import Token
from tl_passlab.interp.dialect import flag, notes_of
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.flight import Flight, launch
from tl_passlab.interp.ops import sync
from tl_passlab.interp.program import DYNAMIC, Code
from tl_passlab.interp.region import Box, Region


def _moved(of: Box, to: Box, missing: Any) -> Any:
    from tl_passlab.interp.ops.tile_copy import matched

    values = of.mem.view(of.dtype)[of.index]
    if of.inside is not None:
        values = np.where(of.inside, values, of.dtype.type(missing))
    return matched(of, to, dtypes.cast(values, to.dtype))


def _move(of: Box, to: Box, missing: Any) -> None:
    values = _moved(of, to, missing)
    view = to.mem.view(to.dtype)
    if to.inside is None:
        view[to.index] = values
    else:
        view[to.index[to.inside]] = values[to.inside]


def uncommitted(source: Region, target: Region, site: int) -> Code:
    """A copy that a later commit and wait of the same agent complete."""

    def run(a: Any) -> None:
        of, to = source.at(a), target.at(a)
        missing = source.missing(a)
        if to.mem.scope == "global" or to.mem.rows > 1 or of.mem.scope != "global":
            to.store(a, _moved(of, to, missing), site)
            return
        flight = Flight("cp.async", site, lambda: _move(of, to, missing), background=False)
        if a.watch is not None:
            row = int(a.watch.rows(a)[0])
            column = a.watch.stream("cp.async", row)
            time = a.watch.times[column] = a.watch.times.get(column, 0) + 1
            a.watch.write_async(a, to.mem, to.existing(), to.dtype.itemsize, site, column, time, row)
            flight.streams = [(row, column, time)]
        a.copies[-1].append(flight)
        launch(a, flight)

    return Code(run, DYNAMIC)


def bulk_load(b: Build, call: Any, source: Region, target: Region) -> Code:
    """A TMA load: announces the bytes of its box, arrives if it is told to, completes into the barrier."""
    barrier_at = sync.barrier_of(b, notes_of(call)["barrier"])
    arrives, site = flag(call, "emit_arrive"), b.site

    def run(a: Any) -> None:
        of, to, barrier = source.at(a), target.at(a), barrier_at(a)
        size = int(np.prod(to.shape)) * to.dtype.itemsize
        missing = source.missing(a)
        sync.expect(a, barrier, size, site)
        start(a, barrier, size, lambda: _move(of, to, missing), to.mem, to.existing(), to.dtype.itemsize, site)
        if arrives:
            sync.arrive(a, barrier, 1, site)

    return Code(run, DYNAMIC)


def start(a: Any, barrier: Any, size: int, act: Any, mem: Any, index: Any, itemsize: int, site: int) -> None:
    """Issue one bulk load that completes into a barrier."""
    token = None
    if a.watch is not None:
        clocks = a.watch.clocks
        row = int(a.watch.rows(a)[0])
        column = clocks.new_column()
        a.watch.write_async(a, mem, index, itemsize, site, column, 1, row)
        seen = np.zeros(column + 1, dtype=np.int32)
        seen[column] = 1
        token = Token(seen, np.zeros(column + 1, dtype=np.int32))
    flight = Flight("tma_load", site, act)

    def arrived() -> None:
        barrier.bytes -= size
        if token is not None:
            barrier.gathering = a.watch.clocks.join(barrier.gathering, token)
        a.m.landed(flight, barrier)
        barrier.settle()

    flight.arrived = arrived
    a.m.event(a, ("issue", barrier, size), site)
    launch(a, flight)


def bulk_store(b: Build, source: Region, target: Region) -> Code:
    """A TMA store of a tile: committed at once, completed by a later wait of the issuing agent."""
    site = b.site

    def run(a: Any) -> None:
        of, to = source.at(a), target.at(a)
        start_store(a, lambda: _move(of, to, 0), of.mem, of.existing(), of.dtype.itemsize, site)
        a.bulk.append([])

    return Code(run, DYNAMIC)


def start_store(a: Any, act: Any, mem: Any, index: Any, itemsize: int, site: int) -> None:
    """Issue one bulk store into the open group of the agent."""
    flight = Flight("tma_store", site, act)
    if a.watch is not None:
        row = int(a.watch.rows(a)[0])
        column = a.watch.stream("tma_store", row)
        time = a.watch.times[column] = a.watch.times.get(column, 0) + 1
        a.watch.read_async(a, mem, index, itemsize, site, column, time, row)
        flight.streams = [(row, column, time)]
    a.bulk[-1].append(flight)
    launch(a, flight)


def gathered(b: Build, call: Any) -> Code:
    """TMA gather4 and scatter4: four rows, named one by one, from or to a column of a global matrix."""
    notes = notes_of(call)
    scatter = flag(call, "is_scatter4")
    source, target = Region(b, call.args[0]), Region(b, call.args[1])
    rows = [b.expr(r).run for r in notes["gather4_rows"]]
    column = b.expr(notes["gather4_col"]).run
    barrier_at = None if scatter else sync.barrier_of(b, notes["barrier"])
    site = b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        far, near = (target, source) if scatter else (source, target)
        tile = near.at(a)
        where = [int(axes.uniform(r(a))) for r in rows]
        box = _rows_box(a, far, where, int(axes.uniform(column(a))), tile.shape[-1])
        if barrier_at is None:
            start_store(a, lambda: _move(tile, box, 0), tile.mem, tile.existing(), tile.dtype.itemsize, site)
            return
        size = int(np.prod(tile.shape)) * tile.dtype.itemsize
        start(a, barrier_at(a), size, lambda: _move(box, tile, 0), tile.mem, tile.existing(), tile.dtype.itemsize, site)

    if "barrier" not in notes and not scatter:
        raise Unsupported("gather4 without a barrier")
    return Code(run, DYNAMIC)


def _rows_box(a: Any, far: Region, rows: list[int], column: int, width: int) -> Box:
    pointer = a.pointer(far.slot)
    height, total = (int(run(a)) for run in far._shape)
    stride = int(far._strides[0](a))
    at_row = np.array(rows)[:, None]
    at_column: Any = column + np.arange(width)[None, :]
    inside = (at_row >= 0) & (at_row < height) & (at_column >= 0) & (at_column < total)
    index = np.where(inside, at_row * stride + at_column, 0) + pointer.offset // far.dtype.itemsize
    return Box(pointer.mem, index, None if inside.all() else inside, far.dtype, (len(rows), width), False)
