"""Warp shuffles, votes and warp reductions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import arith, axes
from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.memory import POISON
from tl_passlab.interp.ops.allreduce import lane_values
from tl_passlab.interp.program import DYNAMIC, LANES, Code

Pick = Callable[[Any, Any, int], Any]


def _exchange(a: Any, value: Any, lane: Any, valid: Any, site: int) -> Any:
    """Each lane reads the value of another lane of its warp: undefined from one that the block does not have."""
    values = lane_values(a, value)
    wanted = np.where(valid, a.lanes // WARP * WARP + lane, a.lanes)
    position = np.minimum(np.searchsorted(a.lanes, wanted), a.count - 1)
    absent = wanted >= a.m.thread_count
    missing = (a.lanes[position] != wanted) & ~absent
    if missing.any():
        a.m.report("divergence", "a shuffle reads a lane that is elsewhere", a, site)
        position = np.where(missing, np.arange(a.count), position)
    found = values[position]
    if absent.any():
        found[absent] = np.full(values.dtype.itemsize, POISON, np.uint8).view(values.dtype)[0]
    return found


def _shuffle(pick: Pick, value_at: int, delta_at: int, width_at: int) -> Callable[[Build, Any], Code]:
    def compiler(b: Build, call: Any) -> Code:
        args = list(call.args)
        value, delta, site = b.expr(args[value_at]).run, b.expr(args[delta_at]).run, b.site
        width = literal(args[width_at]) if len(args) > width_at else WARP

        def run(a: Any) -> Any:
            lane = a.lanes % WARP
            target = pick(lane, axes.lanes_of(delta(a), a.count), width)
            base = lane // width * width
            valid = (target >= base) & (target < base + width)
            return _exchange(a, value(a), target, valid, site)

        return Code(run, DYNAMIC)

    return compiler


def _indexed(lane: Any, index: Any, width: int) -> Any:
    return lane // width * width + index % width


PICKS: dict[str, Pick] = {
    "shfl_sync": _indexed,
    "shfl_xor_sync": lambda lane, mask, width: lane ^ mask,
    "shfl_up_sync": lambda lane, delta, width: lane - delta,
    "shfl_down_sync": lambda lane, delta, width: lane + delta,
}


def _by_warp(a: Any, value: Any, absent: int | None = None) -> Any:
    """Values by warp and lane; lanes that the last warp of the block does not have count as `absent`."""
    short = -a.count % WARP
    if a.mask is not None or (short and (absent is None or int(a.lanes[-1]) + 1 != a.m.thread_count)):
        raise Unsupported("warp vote or reduction in divergent code")
    values = lane_values(a, value)
    if short:
        values = np.concatenate([values, np.full((short, *values.shape[1:]), absent, values.dtype)])
    return values.reshape(-1, WARP, *values.shape[1:])


def _vote(fold: Callable[[Any], Any], at: int, absent: int = 0) -> Callable[[Build, Any], Code]:
    def compiler(b: Build, call: Any) -> Code:
        predicate = b.expr(call.args[at]).run

        def run(a: Any) -> Any:
            result = fold(_by_warp(a, predicate(a), absent) != 0)
            return np.repeat(result, WARP, axis=0)[: a.count].reshape(a.count, 1, 1, 1, 1)

        return Code(run, DYNAMIC)

    return compiler


def _ballot(bits: Any) -> Any:
    weights = (np.uint64(1) << np.arange(WARP, dtype=np.uint64)).reshape(1, WARP, 1, 1, 1, 1)
    return (bits.astype(np.uint64) * weights).sum(axis=1).astype(np.uint32)


def _warp_reduce(fold: Callable[[Any, Any], Any]) -> Callable[[Build, Any], Code]:
    def compiler(b: Build, call: Any) -> Code:
        value = b.expr(call.args[-1]).run

        def run(a: Any) -> Any:
            values = _by_warp(a, value(a))
            step = WARP // 2
            lanes = np.arange(WARP)
            while step:
                values = fold(values, values[:, lanes ^ step])
                step //= 2
            return values.reshape(a.count, *values.shape[2:])

        return Code(run, DYNAMIC)

    return compiler


def _lane_number(function: Callable[[Any], Any]) -> Callable[[Build, Any], Code]:
    def compiler(b: Build, call: Any) -> Code:
        return Code(lambda a: axes.along(axes.LANE, function(a.lanes).astype(np.int32)), LANES)

    return compiler


def _active_mask(b: Build, call: Any) -> Code:
    def mask(a: Any) -> Any:
        running = np.isin(a.lanes, a.active_lanes())
        bits: Any = np.zeros(int(a.lanes.max()) // WARP + 1, dtype=np.uint64)
        np.bitwise_or.at(bits, a.lanes // WARP, running.astype(np.uint64) << (a.lanes % WARP).astype(np.uint64))
        return axes.along(axes.LANE, bits[a.lanes // WARP].astype(np.uint32))

    return Code(mask, DYNAMIC)


OPS = {
    **{f"tirx.cuda.__{name}": _shuffle(pick, 1, 2, 3) for name, pick in PICKS.items()},
    "tirx.cuda.__activemask": _active_mask,
    "tirx.tvm_warp_activemask": _active_mask,
    "tl.activemask": _active_mask,
    **{f"tl.{name}": _shuffle(pick, 1, 2, 3) for name, pick in PICKS.items()},
    "tirx.tvm_warp_shuffle": _shuffle(_indexed, 1, 2, 3),
    "tirx.tvm_warp_shuffle_up": _shuffle(PICKS["shfl_up_sync"], 1, 2, 3),
    "tirx.tvm_warp_shuffle_down": _shuffle(PICKS["shfl_down_sync"], 1, 2, 3),
    "tirx.metal.simd_shuffle": _shuffle(_indexed, 0, 1, 9),
    "tirx.metal.simd_shuffle_up": _shuffle(PICKS["shfl_up_sync"], 0, 1, 9),
    "tirx.metal.simd_shuffle_down": _shuffle(PICKS["shfl_down_sync"], 0, 1, 9),
    "tl.any_sync": _vote(lambda v: v.any(axis=1), 1),
    "tl.all_sync": _vote(lambda v: v.all(axis=1), 1, absent=1),
    "tl.ballot_sync": _vote(_ballot, 1),
    "tl.ballot": _vote(_ballot, 0),
    "tl.warp_reduce_sum": _warp_reduce(lambda x, y: x + y),
    "tl.warp_reduce_max": _warp_reduce(arith.maximum),
    "tl.warp_reduce_min": _warp_reduce(arith.minimum),
    "tl.warp_reduce_bitand": _warp_reduce(lambda x, y: x & y),
    "tl.warp_reduce_bitor": _warp_reduce(lambda x, y: x | y),
    "tl.get_lane_idx": _lane_number(lambda lanes: lanes % WARP),
    "tl.get_warp_idx": _lane_number(lambda lanes: lanes // WARP),
    "tl.get_warp_idx_sync": _lane_number(lambda lanes: lanes // WARP),
    "tl.get_warp_group_idx": _lane_number(lambda lanes: lanes // 128),
}
