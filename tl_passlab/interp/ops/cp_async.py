"""cp.async: copies to shared memory in commit groups that the issuing threads wait for."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.flight import Flight, launch, observe
from tl_passlab.interp.ops import sync
from tl_passlab.interp.ops.pointer import elements, pointer
from tl_passlab.interp.program import DYNAMIC, Code

BYTE = np.dtype("uint8")


def _copy(b: Build, call: Any, *, counts_bytes: bool) -> Code:
    args = list(call.args)
    target, source, size = pointer(b, args[0]), pointer(b, args[1]), b.expr(args[2])
    predicate = b.expr(args[3]).run if len(args) > 3 else None
    if not size.is_constant:
        raise Unsupported("tl.ptx_cp_async of a size that is not constant")
    site, number = b.site, int(size.constant)

    def run(a: Any) -> None:
        to, of = target(a), source(a)
        steps = axes.along(axes.VECTOR, np.arange(number)) if number > 1 else 0
        dtype = BYTE if counts_bytes else of.dtype
        if not a.active():
            return
        keep = predicate(a) if predicate is not None else None
        to_index = elements(a, to, steps, dtype, site)
        with a.masked(keep):
            of_index = elements(a, of, steps, dtype, site)
        issue(a, to.mem, to_index, of.mem, of_index, dtype, keep, site)

    return Code(run, DYNAMIC)


def issue(a: Any, to: Any, to_index: Any, of: Any, of_index: Any, dtype: Any, keep: Any, site: int) -> None:
    """Start one asynchronous copy; where `keep` is false zeros are written."""
    shape = np.broadcast_shapes(np.shape(to_index), np.shape(of_index), *([np.shape(keep)] if keep is not None else []))
    if a.mask is not None:
        shape = np.broadcast_shapes(shape, a.mask.shape)
    if not shape:
        shape = (1,) * axes.RANK
    to_index, of_index = np.broadcast_to(to_index, shape), np.broadcast_to(of_index, shape)
    chosen = np.ones(shape, dtype=bool) if a.mask is None else np.broadcast_to(a.mask, shape)
    zero = None if keep is None else ~np.broadcast_to(keep, shape)[chosen]
    flight = Flight("cp.async", site, lambda: _move(to, to_index[chosen], of, of_index[chosen], dtype, zero))
    if a.watch is not None:
        with a.masked(keep):
            a.watch.read(a, of, of_index, dtype.itemsize, site)
        flight.streams = _announce(a, to, to_index, chosen, dtype, site)
    flight.background = False
    a.copies[-1].append(flight)
    launch(a, flight)


def _move(to: Any, to_index: Any, of: Any, of_index: Any, dtype: Any, zero: Any) -> None:
    values = of.view(dtype)[of_index]
    if zero is not None:
        values = np.where(zero, dtype.type(0), values)
    to.view(dtype)[to_index] = values


def _announce(a: Any, to: Any, index: Any, chosen: Any, dtype: Any, site: int) -> list[tuple[int, int, int]]:
    watch = a.watch
    rows = watch.rows(a)
    columns: Any = np.zeros(len(watch.clocks.column), dtype=np.int64)
    times: Any = np.zeros(len(watch.clocks.column), dtype=np.int64)
    streams = []
    for row in rows:
        column = watch.stream("cp.async", int(row))
        watch.times[column] = watch.times.get(column, 0) + 1
        columns[row], times[row] = column, watch.times[column]
        streams.append((int(row), column, watch.times[column]))
    if watch.warps:
        by_lane = np.broadcast_to((a.lanes // WARP).reshape(-1, 1, 1, 1, 1), (a.count, *index.shape[1:]))
        by_lane = by_lane[chosen] if index.shape[0] == a.count else rows[0]
    else:
        by_lane = a.row
    watch.write_async(a, to, index[chosen], dtype.itemsize, site, columns[by_lane], times[by_lane], by_lane)
    return streams


def _commit(b: Build, call: Any) -> Code:
    return Code(lambda a: a.copies.append([]), DYNAMIC)


def _wait_group(b: Build, call: Any) -> Code:
    left = b.expr(call.args[0]).run

    def run(a: Any) -> None:
        keep = int(axes.uniform(left(a)))
        committed = len(a.copies) - 1
        for group in a.copies[: max(0, committed - keep)]:
            observe(a, group)
        del a.copies[: max(0, committed - keep)]

    return Code(run, DYNAMIC)


def _arrive_noinc(b: Build, call: Any) -> Code:
    barrier_at, site = sync.barrier_of(b, call.args[0]), b.site

    def run(a: Any) -> None:
        barrier, lanes = barrier_at(a), len(a.active_lanes())
        earlier = [f for group in a.copies for f in group]
        token = a.watch.release(a) if a.watch is not None else None
        sync.check_ready(a, barrier, site)

        def act() -> None:
            for flight in earlier:
                flight.finish()
                flight.acquired = True

        def arrived() -> None:
            if barrier.arrive(lanes):
                a.m.report("over-arrival", f"{barrier.name}: more arrivals than its phase expects", a, site)
            if a.watch is not None:
                seen = token
                for flight in earlier:
                    seen = with_streams(a.watch.clocks, seen, flight)
                barrier.gathering = a.watch.clocks.join(barrier.gathering, seen)
            barrier.settle()

        flight = Flight("cp.async.mbarrier.arrive", site, act, arrived, acquired=True)
        a.m.event(a, ("issue-arrive", barrier, lanes), site)
        launch(a, flight)

    return Code(run, DYNAMIC)


def with_streams(clocks: Any, token: Any, flight: Flight) -> Any:
    """A release that also makes an operation's own writes visible."""
    from tl_passlab.interp.clocks import Token

    width = max([len(token.seen)] + [column + 1 for _, column, _ in flight.streams])
    fenced: Any
    seen: Any
    seen, fenced = np.zeros(width, dtype=np.int32), np.zeros(width, dtype=np.int32)
    seen[: len(token.seen)], fenced[: len(token.fenced)] = token.seen, token.fenced
    for _, column, time in flight.streams:
        seen[column] = max(int(seen[column]), time)
    return Token(seen, fenced)


OPS = {
    "tl.ptx_cp_async": lambda b, call: _copy(b, call, counts_bytes=False),
    "tirx.ptx_cp_async": lambda b, call: _copy(b, call, counts_bytes=True),
    "tirx.ptx_commit_group": _commit,
    "tirx.ptx_wait_group": _wait_group,
    "tl.ptx_cp_async_barrier_noinc": _arrive_noinc,
}
