"""`tl::AllReduce<Op, threads, scale, offset, ...>`: a butterfly over the lanes of a group.

Between warps it goes through a workspace in shared memory: barrier, store, barrier, load, at every step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import arith, axes
from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops.pointer import elements, pointer
from tl_passlab.interp.program import DYNAMIC, Code

PATTERN = re.compile(
    r"tl::AllReduce<\s*tl::(\w+)\s*,\s*(\d+)\s*,\s*(\d+)\s*(?:,\s*(\d+)\s*)?(?:,\s*tl::[\w<>]+\s*)?"
    r"(?:,\s*(\d+)\s*)?(?:,\s*(\d+)\s*)?>::(run\w*)$"
)
REDUCERS: dict[str, Callable[[Any, Any], Any]] = {
    "SumOp": lambda x, y: x + y,
    "MaxOp": arith.maximum,
    "MinOp": arith.minimum,
    "BitAndOp": lambda x, y: x & y,
    "BitOrOp": lambda x, y: x | y,
    "BitXorOp": lambda x, y: x ^ y,
}


@dataclass(frozen=True)
class Instance:
    """The template arguments, and where the call stands."""

    reducer: Callable[[Any, Any], Any]
    threads: int
    scale: int
    offset: int
    batch: int
    stride: int
    site: int


def find(name: str) -> Callable[[Build, Any], Code] | None:
    """The compiler of one instantiation; None when its reducer or entry point is unknown."""
    match = PATTERN.match(name)
    if match is None or match[1] not in REDUCERS or match[7] not in ("run", "run_batch"):
        return None
    threads, scale, offset = int(match[2]), int(match[3]), int(match[4] or 0)
    if (threads // scale) & (threads // scale - 1):
        return None
    batch, stride = int(match[5] or 1), int(match[6] or 0)

    def compiler(b: Build, call: Any) -> Code:
        instance = Instance(REDUCERS[match[1]], threads, scale, offset, batch, stride, b.site)
        args = list(call.args)[1:]
        space = pointer(b, args[1]) if len(args) > 1 else None
        if match[7] == "run_batch":
            values = pointer(b, args[0])
            return Code(lambda a: _batch(a, values(a), space, instance), DYNAMIC)
        value = b.expr(args[0]).run
        return Code(lambda a: _butterfly(a, lane_values(a, value(a)), space, 0, instance), DYNAMIC)

    return compiler


def in_warp(name: str) -> bool:
    """Whether a function is a reduction of one value by lanes of one warp, which needs no workspace."""
    match = PATTERN.match(name)
    return match is not None and match[7] == "run" and int(match[2]) <= WARP


def _batch(a: Any, values: Any, space: Any, instance: Instance) -> None:
    """Reduce several registers in place; they share the barriers but not the workspace."""
    view = values.mem.view(values.dtype)
    for i in range(instance.batch):
        index = elements(a, values, i, values.dtype, instance.site)
        result = _butterfly(a, lane_values(a, view[index]), space, i * instance.stride, instance)
        view[index] = result


def _butterfly(a: Any, value: Any, space: Any, shift: int, instance: Instance) -> Any:
    step = instance.threads // 2
    while step >= instance.scale:
        other = partners(a, step, instance.offset, instance.site)
        if step >= WARP:
            _through_workspace(a, space, shift, step, value.dtype, instance)
        value = instance.reducer(value, value[other])
        step //= 2
    return value


def _through_workspace(a: Any, space: Any, shift: int, step: int, dtype: Any, instance: Instance) -> None:
    """The accesses of one step between warps, for the race detector."""
    if space is None:
        raise Unsupported("tl::AllReduce between warps without a workspace")
    if a.watch is None:
        return
    start = space(a)
    own = a.lanes - instance.offset + shift
    a.watch.join_all([a])
    for lanes, access in ((own, a.watch.write), (((own - shift) ^ step) + shift, a.watch.read)):
        index = elements(a, start, axes.along(axes.LANE, lanes), dtype, instance.site)
        access(a, start.mem, index, dtype.itemsize, instance.site)
        if access == a.watch.write:
            a.watch.join_all([a])


def partners(a: Any, step: int, offset: int, site: int) -> Any:
    """For each lane the position, among the agent's lanes, of the lane it exchanges with."""
    wanted = ((a.lanes - offset) ^ step) + offset
    position = np.searchsorted(a.lanes, wanted)
    position = np.minimum(position, a.count - 1)
    missing = a.lanes[position] != wanted
    if missing.any():
        if a.mask is None:
            a.m.report("divergence", "a reduction across lanes runs while some of them are elsewhere", a, site)
        position = np.where(missing, np.arange(a.count), position)
    return position


def lane_values(a: Any, value: Any) -> Any:
    """A value with one entry per lane along the lane axis."""
    if isinstance(value, np.ndarray) and value.shape[0] == a.count:
        return value
    shape = value.shape[1:] if isinstance(value, np.ndarray) else (1,) * (axes.RANK - 1)
    return np.broadcast_to(np.asarray(value), (a.count, *shape))
