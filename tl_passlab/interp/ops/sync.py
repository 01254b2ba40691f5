"""Synchronisation: memory barriers, block and named barriers, the proxy fence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.barriers import Barrier
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.program import DYNAMIC, Code, Run


def barrier_of(b: Build, node: Any) -> Callable[[Any], Barrier]:
    """Compile an argument that names one memory barrier."""
    while type(node).__name__ == "Call" and node.op.name in ("tirx.address_of", "tl.access_ptr"):
        node = node.args[0]
    if type(node).__name__ == "Call" and node.op.name == "tirx.tvm_access_ptr":
        slot, index = b.slot(node.args[1]), b.expr(node.args[2]).run
    elif type(node).__name__ == "BufferLoad":
        slot, index = b.slot(node.buffer.data), b.expr(node.indices[0]).run
    else:
        raise Unsupported(f"barrier operand {type(node).__name__}")

    def take(a: Any) -> Barrier:
        at = axes.uniform(index(a))
        table = a.env[slot]
        if at is None or table is None:
            raise Unsupported("barrier index that differs between lanes")
        if not 0 <= at < len(table):
            a.m.report("out-of-bounds", f"barrier index {at} of {len(table)}", a, b_site)
            at = 0
        barrier: Barrier = table[at]
        return barrier

    b_site = b.site
    return take


def check_ready(a: Any, barrier: Barrier, site: int) -> None:
    """A barrier must be initialised, and its initialisation must be ordered before its use."""
    if barrier.count is None:
        a.m.report("uninitialised-barrier", f"{barrier.name} is used but never initialised", a, site)
    elif barrier.ready is not None and a.watch is not None:
        rows = a.watch.rows(a)
        column, time = barrier.ready
        if (a.watch.clocks.seen[rows, column] < time).any():
            a.m.report(
                "uninitialised-barrier", f"{barrier.name} is used with no ordering after its initialisation", a, site
            )


def arrive(a: Any, barrier: Barrier, number: int, site: int) -> None:
    """Arrivals of active lanes: they release what the lanes did."""
    if number == 0:
        return
    check_ready(a, barrier, site)
    if barrier.arrive(number):
        a.m.report(
            "over-arrival", f"{barrier.name}: more arrivals than the {barrier.count} that its phase expects", a, site
        )
    if a.watch is not None:
        barrier.gathering = a.watch.clocks.join(barrier.gathering, a.watch.release(a))
    a.m.event(a, ("arrive", barrier, number), site)
    barrier.settle()


def expect(a: Any, barrier: Barrier, size: int, site: int) -> None:
    """Announce transaction bytes."""
    check_ready(a, barrier, site)
    barrier.bytes += size
    a.m.event(a, ("expect", barrier, size), site)


def _lane_sum(a: Any, value: Any) -> int:
    lanes = a.count if a.mask is None else len(a.active_lanes())
    single = axes.uniform(value)
    if single is None:
        raise Unsupported("transaction bytes that differ between lanes")
    return int(single) * lanes


def _wait(b: Build, call: Any) -> Run:
    barrier_at, parity_of = barrier_of(b, call.args[0]), b.expr(call.args[1]).run
    site = b.site

    def wait(a: Any) -> bool:
        barrier, parity = barrier_at(a), axes.uniform(parity_of(a))
        if parity is None:
            raise Unsupported("wait on a parity that differs between lanes")
        if parity not in (0, 1):
            a.m.report("misuse", f"wait on parity {parity}: only bit 0 counts", a, site)
            parity &= 1
        if not barrier.passed(parity) or barrier.count is None:
            if a.waiting is None:
                check_ready(a, barrier, site)
            a.waiting = (barrier, parity, site)
            return False
        check_ready(a, barrier, site)
        a.waiting = None
        a.m.event(a, ("wait", barrier, parity), site)
        if a.watch is not None:
            a.watch.acquire(a, barrier.release)
        a.m.note_acquired(a, barrier)
        return True

    return wait


def _arrive(b: Build, call: Any) -> Code:
    barrier_at, site = barrier_of(b, call.args[0]), b.site
    return Code(lambda a: arrive(a, barrier_at(a), len(a.active_lanes()), site), DYNAMIC)


def _expect(b: Build, call: Any) -> Code:
    barrier_at, size, site = barrier_of(b, call.args[0]), b.expr(call.args[1]).run, b.site
    return Code(lambda a: expect(a, barrier_at(a), _lane_sum(a, size(a)), site), DYNAMIC)


def _arrive_expect(b: Build, call: Any) -> Code:
    if len(call.args) > 2:
        raise Unsupported("tirx.ptx_arrive_barrier_expect_tx on another block's barrier")
    barrier_at, size, site = barrier_of(b, call.args[0]), b.expr(call.args[1]).run, b.site

    def run(a: Any) -> None:
        barrier = barrier_at(a)
        expect(a, barrier, _lane_sum(a, size(a)), site)
        arrive(a, barrier, len(a.active_lanes()), site)

    return Code(run, DYNAMIC)


def _init(b: Build, call: Any) -> Code:
    barrier_at, count, site = barrier_of(b, call.args[0]), b.expr(call.args[1]).run, b.site

    def run(a: Any) -> None:
        barrier = barrier_at(a)
        if barrier.explicit:
            a.m.report("misuse", f"{barrier.name} is initialised twice", a, site)
        barrier.explicit = True  # an annotation may give the same counts first
        ready = None
        if a.watch is not None and a.watch.warps:
            (row,) = a.watch.rows(a)[:1]
            ready = (int(a.watch.clocks.column[row]), int(a.watch.clocks.now(row)))
        barrier.initialise(int(count(a)), ready)

    return Code(run, DYNAMIC)


@dataclass(eq=False)
class Meeting:
    """One use of a block or named barrier: who came, and what they made visible."""

    agents: list[Any] = field(default_factory=list)
    lanes: int = 0
    complete: bool = False
    release: Any = None


def _storage_sync(b: Build, call: Any) -> Run:
    args = list(call.args)
    scope = str(args[0].value)
    name = literal(args[1]) if len(args) > 1 else 0
    count = literal(args[2]) if len(args) > 2 else 0
    site = b.site
    if scope == "warp":
        return lambda a: a.watch is None or a.watch.release(a) is not None
    if scope not in ("shared", "shared.dyn"):
        raise Unsupported(f"tirx.tvm_storage_sync of {scope}")

    def sync(a: Any) -> bool:
        return meet(a, name, count, site, waits=True)

    return sync


def meet(a: Any, name: int | str, count: int, site: int, *, waits: bool) -> bool:
    """Take part in a barrier by number; true once everyone needed has come."""
    mine = a.waiting[0] if isinstance(a.waiting, tuple) and isinstance(a.waiting[0], Meeting) else None
    if mine is not None and mine.complete:
        a.waiting = None
        if a.watch is not None:
            a.watch.acquire(a, mine.release)
        return True
    meeting = mine or a.m.syncs.setdefault(name, Meeting())
    if mine is None:
        meeting.agents.append(a)
        meeting.lanes += a.count
        if a.watch is not None:
            meeting.release = a.watch.clocks.join(meeting.release, a.watch.release(a))
        a.m.event(a, ("sync", name, a.count, count), site)
    needed = count or a.m.thread_count - a.m.exited
    if meeting.lanes > needed:
        a.m.report("misuse", f"barrier {name}: {meeting.lanes} threads arrive, {needed} are expected", a, site)
    if meeting.lanes >= needed:
        meeting.complete = True
        a.m.syncs.pop(name, None)
    if not waits:
        return True
    a.waiting = (meeting, name, site)
    return meet(a, name, count, site, waits=True) if meeting.complete else False


def _named_arrive(b: Build, call: Any) -> Code:
    name, count, site = literal(call.args[0]), literal(call.args[1]), b.site
    return Code(lambda a: meet(a, name, count, site, waits=False) and None, DYNAMIC)


def _named_sync(b: Build, call: Any) -> Run:
    name, count, site = literal(call.args[0]), literal(call.args[1]), b.site
    return lambda a: meet(a, name, count, site, waits=True)


def _fence(b: Build, call: Any) -> Code:
    def run(a: Any) -> None:
        if a.watch is not None and a.active():
            a.watch.clocks.fence(a.watch.rows(a))

    return Code(run, DYNAMIC)


def _vote(kind: str) -> Callable[[Build, Any], Code]:
    """`__syncthreads_count` and its relatives: a block barrier that also counts a predicate."""
    folds: dict[str, Callable[[Any], int]] = {"count": np.sum, "and": np.all, "or": np.any}
    fold = folds[kind]

    def compiler(b: Build, call: Any) -> Code:
        predicate = b.expr(call.args[0]).run

        def run(a: Any) -> int:
            if a.count != a.m.thread_count or a.mask is not None:
                raise Unsupported(f"tl.syncthreads_{kind} in divergent code")
            if a.watch is not None:
                a.watch.join_all([a])
            return int(fold(np.asarray(axes.lanes_of(predicate(a), a.count)) != 0))

        return Code(run, DYNAMIC)

    return compiler


def _sync_warp(b: Build, call: Any) -> Code:
    def run(a: Any) -> None:
        if a.watch is not None and a.active():
            a.watch.release(a)

    return Code(run, DYNAMIC)


def _nothing(b: Build, call: Any) -> Code:
    return Code(lambda a: None, DYNAMIC)


BLOCKING = {
    "tl.mbarrier_wait_parity": _wait,
    "tirx.tvm_storage_sync": _storage_sync,
    "tl.named_barrier_sync": _named_sync,
}
OPS = {
    "tirx.ptx_arrive_barrier": _arrive,
    "tl.mbarrier_expect_tx": _expect,
    "tirx.ptx_arrive_barrier_expect_tx": _arrive_expect,
    "tirx.ptx_init_barrier_thread_count": _init,
    "tl.named_barrier_arrive": _named_arrive,
    "tl.fence_proxy_async": _fence,
    "tl.syncthreads_count": _vote("count"),
    "tl.syncthreads_and": _vote("and"),
    "tl.syncthreads_or": _vote("or"),
    "tl.sync_warp": _sync_warp,
    "tl.mbarrier_fence_init": _nothing,
}
TOGETHER = ("tl.named_barrier_arrive",)
