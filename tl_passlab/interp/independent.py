"""Serial loops that may run as an array axis: no iteration touches a register that another one writes.

Proved by enumeration. Every index of a written register array is computed for all iterations, all inner iterations and
all threads; a register that two iterations touch makes the loop serial, and so does anything that is not understood.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tl_passlab.interp.build import Build

STATEMENTS = {"For", "SeqStmt", "BufferStore", "IfThenElse"}
MAX_ITERATIONS = 512
MAX_REGISTERS = 4096
MAX_PLACES = 1 << 18
ARITHMETIC = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "FloorDiv": operator.floordiv,
    "FloorMod": operator.mod,
}


class Dependent(Exception):
    """The loop is not understood, or its iterations are not independent."""


@dataclass
class Accesses:
    """What a loop's body does: its inner loops, and the buffers that it reads and writes."""

    loops: list[Any] = field(default_factory=list)
    reads: list[Any] = field(default_factory=list)
    writes: list[Any] = field(default_factory=list)


def independent(b: Build, node: Any) -> bool:
    """Whether the iterations of a serial loop may be executed together."""
    try:
        own = hash(node.loop_var), _range(node)
        found = _accesses(node.body)
        written = {hash(x.buffer.data) for x in found.writes}
        if not written <= b.private or not all(
            hash(x.buffer.data) in written or _is_apart(b, x, written) for x in found.reads
        ):
            return False
        inner = {hash(loop.loop_var): _range(loop) for loop in found.loops}
        for data in written:
            touching = [x for x in (*found.reads, *found.writes) if hash(x.buffer.data) == data]
            _require_own_registers(touching, own, b.ranges, inner)
    except Dependent:
        return False
    return bool(written)


def range_of(node: Any) -> Any:
    """The values of a loop's variable when they are known, else None."""
    try:
        return _range(node)
    except Dependent:
        return None


def _range(node: Any) -> Any:
    known = type(node.min).__name__ == type(node.extent).__name__ == "IntImm" and getattr(node, "step", None) is None
    if not known or not 0 < int(node.extent) <= MAX_ITERATIONS:
        raise Dependent
    return np.arange(int(node.min), int(node.min) + int(node.extent))


def mentions(nodes: Any, variables: set[int]) -> bool:
    """Whether expressions use one of some variables."""
    return bool(_variables(nodes) & variables)


def only_reads(b: Build, node: Any, data: int) -> bool:
    """Whether an expression is understood, and reads no register array that may be the one of this data variable."""
    try:
        found = _accesses(node)
    except Dependent:
        return False
    return all(_is_apart(b, x, {data}) for x in found.reads)


def _is_apart(b: Build, load: Any, written: set[int]) -> bool:
    """Whether memory that is read is surely none of the register arrays that are written."""
    data = hash(load.buffer.data)
    return data not in written and (data in b.private or not str(load.buffer.scope()).startswith("local"))


def _accesses(body: Any) -> Accesses:
    from tvm.tirx import Stmt, stmt_functor

    from tl_passlab.interp.ops.lookup import name_of

    found, wrong = Accesses(), []

    def visit(node: Any) -> None:
        kind = type(node).__name__
        if kind == "BufferLoad":
            found.reads.append(node)
        elif kind == "BufferStore":
            found.writes.append(node)
        elif kind == "For":
            found.loops.append(node)
        elif kind == "Let" or (kind == "Call" and not _is_pure(name_of(node))):
            wrong.append(node)
        if isinstance(node, Stmt) and kind not in STATEMENTS:
            wrong.append(node)

    stmt_functor.post_order_visit(body, visit)
    if wrong:
        raise Dependent
    return found


def _is_pure(name: str) -> bool:
    """Whether a call computes, on each element of the axes alone, a value from its arguments and does nothing else."""
    from tl_passlab.interp.ops.allreduce import in_warp
    from tl_passlab.interp.ops.math import is_pure

    return is_pure(name) or in_warp(name.removeprefix("extern "))


def _require_own_registers(
    accesses: list[Any], loop: tuple[int, Any], outer: Mapping[int, Any], inner: Mapping[int, Any]
) -> None:
    """Every register that the accesses touch, on one thread and outer iteration, belongs to one iteration."""
    if len({(str(x.buffer.dtype), *map(int, _constant(x.buffer.shape))) for x in accesses}) > 1:
        raise Dependent
    mentioned = _variables([i for x in accesses for i in x.indices]) - {loop[0]}
    if not mentioned <= outer.keys() | inner.keys():
        raise Dependent
    around = [v for v in outer if v in mentioned and v not in inner]
    order = [loop[0], *around, *(v for v in inner if v in mentioned)]
    ranges = {**outer, **inner, loop[0]: loop[1]}
    sizes = [len(ranges[v]) for v in order]
    if math.prod(sizes) > MAX_PLACES:
        raise Dependent
    values = {
        v: ranges[v].reshape([-1 if i == axis else 1 for i in range(len(order) + 1)]) for axis, v in enumerate(order)
    }
    iteration = np.arange(sizes[0]).reshape(-1, *([1] * len(order)))
    where = np.arange(math.prod(sizes[1 : 1 + len(around)]))
    where = where.reshape(1, *sizes[1 : 1 + len(around)], *([1] * (len(order) - len(around))))
    touched = [np.broadcast_arrays(_element(x, values), where, iteration) for x in accesses]
    if any(index.min() < 0 or index.max() >= MAX_REGISTERS for index, _, _ in touched):
        raise Dependent
    owners = np.full((where.size, 1 + max(int(index.max()) for index, _, _ in touched)), -1)
    for index, place, owner in touched:
        owners[place, index] = owner
    if not all((owners[place, index] == owner).all() for index, place, owner in touched):
        raise Dependent


def _variables(nodes: Any) -> set[int]:
    from tvm.tirx import stmt_functor

    found: set[int] = set()
    for node in nodes:
        stmt_functor.post_order_visit(node, lambda n: found.add(hash(n)) if type(n).__name__ == "Var" else None)
    return found


def _constant(nodes: Any) -> list[Any]:
    if any(type(n).__name__ != "IntImm" for n in nodes):
        raise Dependent
    return list(nodes)


def _element(access: Any, values: Mapping[int, Any]) -> Any:
    """The element that an access touches, as a function of all variables."""
    buffer = access.buffer
    strides = [int(s) for s in _constant(buffer.strides)]
    if not strides:
        extents = [int(e) for e in _constant(buffer.shape)]
        strides = list(itertools.accumulate(reversed(extents[1:]), operator.mul, initial=1))[::-1]
    return sum(stride * _value(i, values) for stride, i in zip(strides, access.indices, strict=True))


def _value(node: Any, values: Mapping[int, Any]) -> Any:
    kind = type(node).__name__
    if kind == "IntImm":
        return int(node.value)
    if kind == "Var":
        return values[hash(node)]
    if kind in ARITHMETIC:
        return ARITHMETIC[kind](_value(node.a, values), _value(node.b, values))
    if kind == "Ramp":
        return _value(node.base, values) + _value(node.stride, values) * np.arange(int(node.lanes))
    raise Dependent
