"""Atomic updates of memory: every lane's contribution counts, and none is a race with another atomic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import is_region
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops.pointer import elements, is_pointer, pointer
from tl_passlab.interp.program import DYNAMIC, Code
from tl_passlab.interp.region import Region

UPDATES: dict[str, Any] = {"add": np.add, "max": np.maximum, "min": np.minimum, "or": np.bitwise_or}


def _update(ufunc: Any, width: int, *, returns: bool) -> Callable[[Build, Any], Code]:
    def compiler(b: Build, call: Any) -> Code:
        target, site = pointer(b, call.args[0]), b.site
        by_address = width > 1 and is_pointer(call.args[1])
        operand: Any = pointer(b, call.args[1]) if by_address else b.expr(call.args[1]).run
        once, loops = b.parallel_depth > 0, tuple(b.axis_slots)

        def run(a: Any) -> Any:
            to = target(a)
            steps = axes.along(axes.VECTOR, np.arange(width)) if width > 1 else 0
            index = np.asarray(elements(a, to, steps, to.dtype, site))
            what = operand(a)
            if by_address:
                what = what.mem.view(to.dtype)[elements(a, what, steps, to.dtype, site)]
            return apply(a, to.mem, index, to.dtype, what, ufunc, once=once, returns=returns, site=site, loops=loops)

        return Code(run, DYNAMIC)

    return compiler


def apply(
    a: Any,
    mem: Any,
    index: Any,
    dtype: Any,
    value: Any,
    ufunc: Any,
    *,
    once: bool,
    returns: bool,
    site: int,
    loops: tuple[int, ...] = (),
) -> Any:
    """Update one element per lane and iteration (`once`: lanes share the iterations of a parallel loop).

    `loops` are the slots of the loop variables: an iteration counts even where neither address nor value shows it.
    """
    lead = () if once else (a.count, 1, 1, 1, 1)
    shape = np.broadcast_shapes(
        np.shape(index) or (1,) * axes.RANK,
        np.shape(value),
        lead,
        np.shape(a.mask) if a.mask is not None else (),
        *(np.shape(a.env[slot]) for slot in loops),
    )
    keep = np.ones(shape, dtype=bool) if a.mask is None else np.broadcast_to(a.mask, shape)
    places = np.broadcast_to(index, shape)
    what = np.broadcast_to(dtypes.cast(value, dtype), shape)
    if a.watch is not None:
        a.watch.atomic(a, mem, np.asarray(index), dtype.itemsize, site)
    view = mem.view(dtype)
    if not returns:
        ufunc.at(view, places[keep], what[keep])
        return None
    before = np.zeros(shape, dtype=dtype)
    for position in zip(*np.nonzero(keep), strict=True):
        before[position] = view[places[position]]
        view[places[position]] = ufunc(view[places[position]], what[position])
    return before


def _tile(ufunc: Any) -> Callable[[Build, Any], Code]:
    def compiler(b: Build, call: Any) -> Code:
        first, second = call.args[0], call.args[1]
        if not is_region(first) or not is_region(second):
            raise Unsupported(f"{call.op.name} of a scalar")
        source, target, site = Region(b, first), Region(b, second), b.site

        def run(a: Any) -> None:
            of, to = source.at(a), target.at(a)
            values = dtypes.cast(of.load(a, site), to.dtype).reshape(to.shape)
            inside = np.ones(to.shape, dtype=bool) if to.inside is None else to.inside
            if a.watch is not None:
                a.watch.atomic(a, to.mem, to.existing(), to.dtype.itemsize, site)
            ufunc.at(to.mem.view(to.dtype), to.index[inside], values[inside])

        return Code(run, DYNAMIC)

    return compiler


OPS = {
    "tl.atomic_add_elem_op": _update(np.add, 1, returns=False),
    "tl.atomic_max_elem_op": _update(np.maximum, 1, returns=False),
    "tl.atomic_min_elem_op": _update(np.minimum, 1, returns=False),
    "tl.atomic_or_elem_op": _update(np.bitwise_or, 1, returns=False),
    "tl.atomic_add_ret_elem_op": _update(np.add, 1, returns=True),
    "tl.atomic_max_ret_elem_op": _update(np.maximum, 1, returns=True),
    "tl.atomic_min_ret_elem_op": _update(np.minimum, 1, returns=True),
    "tl.atomic_addx2_elem_op": _update(np.add, 2, returns=False),
    "tl.atomic_addx4_elem_op": _update(np.add, 4, returns=False),
    "tl.tileop.atomicadd": _tile(np.add),
    "tl.tileop.atomicmax": _tile(np.maximum),
    "tl.tileop.atomicmin": _tile(np.minimum),
}
TOGETHER = ("tl.tileop.atomicadd", "tl.tileop.atomicmax", "tl.tileop.atomicmin")
