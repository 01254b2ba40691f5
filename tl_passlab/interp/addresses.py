"""Tensors that a kernel finds through a table of pointers: where they lie, and what an address read from memory means.

Every entry of such a table, a parameter whose elements become handles, points to a tensor of its own, of the type and
shape of the buffer that the kernel puts over it. The tensors of `table` are named `table[0]`, `table[1]` and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.memory import Mem, Ptr

FIRST = 1 << 32
DISTANCE = 1 << 32  # more than any tensor has bytes, so that an address beyond one is in none


def name_of(table: str, position: int) -> str:
    """The name of a tensor of a table."""
    return f"{table}[{position}]"


def tables(func: Any) -> dict[str, Any]:
    """The parameters whose elements become pointers, each with the buffer that lies over what they point to."""
    from tvm.tirx import stmt_functor

    names = {hash(buffer.data): str(buffer.name) for buffer in func.buffer_map.values()}
    handles: dict[int, str] = {}
    buffers: dict[int, Any] = {}

    def visit(node: Any) -> None:
        kind = type(node).__name__
        if kind == "Bind" and getattr(getattr(node.value, "op", None), "name", "") == "tirx.reinterpret":
            of = node.value.args[0]
            if str(node.value.dtype) == "handle" and type(of).__name__ == "BufferLoad":
                handles[hash(node.var)] = names.get(hash(of.buffer.data), "")
        elif kind in ("BufferLoad", "BufferStore"):
            buffers[hash(node.buffer.data)] = node.buffer

    stmt_functor.post_order_visit(func.body, visit)
    return {name: buffers[var] for var, name in handles.items() if name and var in buffers}


def assigned(sizes: Mapping[str, int]) -> dict[str, int]:
    """An address for every tensor of every table, from the number of its entries."""
    names = [name_of(table, i) for table, size in sizes.items() for i in range(size)]
    return {name: FIRST + i * DISTANCE for i, name in enumerate(names)}


def resolved(a: Any, value: Any) -> Any:
    """The pointer that a handle made of a number is; pointers, and zero, stay what they are."""
    if isinstance(value, np.ndarray):
        numbers = np.broadcast_to(axes.lanes_of(value, a.count), (a.count,)).astype(np.int64)
        active = np.isin(a.lanes, a.active_lanes())
        found = [_tensor_at(a, int(x)) for x in np.unique(numbers[active])]
        if len({id(mem) for mem, _ in found}) != 1:
            raise Unsupported("lanes that follow pointers to several tensors")
        offsets = np.where(active, numbers - found[0][1], 0)
        return Ptr(found[0][0], axes.along(axes.LANE, offsets), np.dtype(np.uint8))
    if isinstance(value, (int, np.integer)) and value:
        mem, start = _tensor_at(a, int(value))
        return Ptr(mem, int(value) - start, np.dtype(np.uint8))
    return value


def _tensor_at(a: Any, address: int) -> tuple[Mem, int]:
    for start, mem in a.m.addresses:
        if start <= address < start + DISTANCE:
            return mem, start
    raise Malformed(f"{address:#x} is the address of no tensor")
