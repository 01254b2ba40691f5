"""Loops: as iterations, or as an array axis when the iterations are independent by definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tl_passlab.interp import axes, branch, fold
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Stuck, Unsupported
from tl_passlab.interp.independent import independent, range_of
from tl_passlab.interp.program import DYNAMIC, LANES, UNIFORM, Run

SERIAL, PARALLEL, VECTORIZED, UNROLLED, THREAD_BINDING = range(5)
MAX_ITERATIONS = 1_000_000

Simple = Callable[[Build, Any], Run | None]


def _nothing(_: Any) -> None:
    return None


def _step(b: Build, node: Any) -> int:
    step = getattr(node, "step", None)
    if step is None:
        return 1
    code = b.expr(step)
    if not code.is_constant:
        raise Unsupported("loop with a step that is not constant")
    return int(code.constant)


def simple_for(b: Build, node: Any, simple: Simple) -> Run | None:
    """A loop in which no lane can wait."""
    kind = int(node.kind)
    if kind == THREAD_BINDING:
        from tl_passlab.interp import alloc

        alloc.bind_thread(b, node.loop_var, str(node.thread_binding.thread_tag), node.extent)
        return simple(b, node.body)
    if kind == VECTORIZED and not b.vectorising:
        return _as_vector(b, node, simple)
    if b.parallel_depth < axes.PARALLEL_AXES and (
        kind == PARALLEL or (kind in (SERIAL, UNROLLED) and independent(b, node))
    ):
        return _as_axis(b, node, simple)
    if kind in (SERIAL, UNROLLED) and (run := fold.accumulation(b, node)) is not None:
        return run
    return _iterated(b, node, simple)


def _as_vector(b: Build, node: Any, simple: Simple) -> Run:
    b.vectorising = True
    run = _axis_loop(b, node, simple, axes.VECTOR)
    b.vectorising = False
    return run


def _as_axis(b: Build, node: Any, simple: Simple) -> Run:
    axis = axes.FIRST_PARALLEL + b.parallel_depth
    b.parallel_depth += 1
    run = _axis_loop(b, node, simple, axis)
    b.parallel_depth -= 1
    return run


def _axis_loop(b: Build, node: Any, simple: Simple, axis: int) -> Run:
    start, extent, step = b.expr(node.min), b.expr(node.extent), _step(b, node)
    fixed = start.is_constant and extent.is_constant
    slot = b.bind(node.loop_var, LANES if fixed else DYNAMIC)
    b.axis_slots.append(slot)
    body = simple(b, node.body) or _nothing
    b.axis_slots.pop()
    if fixed:
        values = int(start.constant) + axes.along(axis, np.arange(0, int(extent.constant), step, dtype=np.int32))

        def run_fixed(a: Any) -> None:
            a.env[slot] = values
            body(a)

        return run_fixed if values.size else _nothing
    run_start, run_extent = start.run, extent.run

    def run(a: Any) -> None:
        size, first = axes.uniform(run_extent(a)), axes.uniform(run_start(a))
        if size is None or first is None:
            raise Unsupported("parallel loop whose extent differs between lanes")
        if size > 0:
            a.env[slot] = first + axes.along(axis, np.arange(0, size, step, dtype=np.int32))
            body(a)

    return run


def _iterated(b: Build, node: Any, simple: Simple) -> Run:
    start, extent, step = b.expr(node.min).run, b.expr(node.extent).run, _step(b, node)
    slot = b.bind(node.loop_var, UNIFORM)
    with _known_range(b, node):
        body = simple(b, node.body) or _nothing

    def run(a: Any) -> None:
        size, first = extent(a), start(a)
        if isinstance(size, np.ndarray) or isinstance(first, np.ndarray):
            _masked_loop(a, first, size, step, slot, body)
            return
        for i in range(first, first + size, step):
            a.env[slot] = i
            body(a)

    return run


@contextmanager
def _known_range(b: Build, node: Any) -> Iterator[None]:
    """While a body is compiled, the values that its loop's variable takes are known."""
    found = range_of(node)
    if found is not None:
        b.ranges[hash(node.loop_var)] = found
    yield
    b.ranges.pop(hash(node.loop_var), None)


def _masked_loop(a: Any, first: Any, size: Any, step: int, slot: int, body: Run) -> None:
    """Lanes with different trip counts iterate together; a lane that is through is masked off."""
    outer = a.mask
    counts = np.asarray(size)
    live = (
        counts
        if outer is None
        else np.where(np.broadcast_to(outer, np.broadcast_shapes(counts.shape, outer.shape)), counts, 0)
    )
    for i in range(0, int(live.max(initial=0)), step):
        a.env[slot] = first + i
        a.mask = axes.both(outer, np.asarray(i < counts))
        body(a)
    a.mask = outer


def flat_for(b: Build, node: Any, out: list[Run], flat: Any, simple: Simple) -> None:
    """A loop in whose body an agent may wait or fork."""
    kind = int(node.kind)
    if kind == VECTORIZED or (kind == PARALLEL and b.level.tile):
        b.at(node)
        run = simple_for(b, node, simple)
        if run is not None:
            out.append(run)
        return
    if kind == THREAD_BINDING:
        from tl_passlab.interp import alloc

        alloc.bind_thread(b, node.loop_var, str(node.thread_binding.thread_tag), node.extent)
        flat(b, node.body, out)
        return
    start, extent, step = b.expr(node.min).run, b.expr(node.extent).run, _step(b, node)
    slot = b.bind(node.loop_var, UNIFORM)
    limit = _hidden(b)
    end = [0]

    def enter(a: Any) -> Any:
        first = start(a)
        a.env[slot], a.env[limit] = first, first + extent(a)

    def advance(a: Any) -> int:
        a.env[slot] = a.env[slot] + step
        return head

    out.append(enter)
    head = len(out)
    out.append(_while_test(lambda a: a.env[slot] < a.env[limit], head, end, meet=not b.level.warp_clocks))
    b.loop_ends.append(end)
    flat(b, node.body, out)
    b.loop_ends.pop()
    out.append(advance)
    end[0] = len(out)
    out.append(branch.join_here(end))


def _hidden(b: Build) -> int:
    """A slot for a value that has no variable in the IR."""
    slot = len(b.slots)
    b.slots[-1 - slot] = slot
    b.names.append("loop end")
    return slot


def _while_test(condition: Run, head: int, end: list[int], *, meet: bool) -> Run:
    def test(a: Any) -> Any:
        value = axes.uniform(condition(a))
        if value is None:
            return branch.fork(a, condition(a), head + 1, end[0], end[0], meet=meet)
        return None if value else end[0]

    return test


def flat_while(b: Build, node: Any, out: list[Run], flat: Any) -> None:
    """A while loop in whose body an agent may wait or fork."""
    condition = b.expr(node.condition).run
    end, head = [0], len(out)
    out.append(_while_test(condition, head, end, meet=not b.level.warp_clocks))
    b.loop_ends.append(end)
    flat(b, node.body, out)
    b.loop_ends.pop()
    out.append(lambda a: head)
    end[0] = len(out)
    out.append(branch.join_here(end))


def simple_while(b: Build, node: Any, simple: Simple) -> Run:
    """A while loop in which no lane can wait."""
    condition = b.expr(node.condition).run
    body = simple(b, node.body) or _nothing

    def run(a: Any) -> None:
        outer = a.mask
        for _ in range(MAX_ITERATIONS):
            value = axes.uniform(condition(a))
            if value is not None:
                if not value:
                    break
                body(a)
                continue
            a.mask = axes.both(a.mask, condition(a))
            if not a.mask.any():
                break
            body(a)
        else:
            raise Stuck(f"a while loop ran {MAX_ITERATIONS} times")
        a.mask = outer

    return run
