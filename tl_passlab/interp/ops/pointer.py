"""Pointers: taking an address, offsetting it, and turning it into element indices."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from tl_passlab.interp import address, axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.expr import constant
from tl_passlab.interp.memory import Ptr
from tl_passlab.interp.program import DYNAMIC, LANES, Code

POINTERS = ("tirx.address_of", "tl.access_ptr", "tirx.tvm_access_ptr")


def element_pointer(b: Build, load: Any) -> Code:
    """The address of a buffer element."""
    buffer = load.buffer
    scope = str(buffer.scope())
    if scope.startswith("local.descriptor") or scope in ("shared.barrier", "shared.cluster_barrier"):
        raise Unsupported(f"address of an element of {scope}")
    dtype, width = address.element_type(buffer)
    slot = b.data_slot(buffer, dtype.itemsize)
    moved = _moved(b, address.terms_of(b, buffer, list(load.indices)), dtype.itemsize * width)

    def take(a: Any) -> Ptr:
        start = a.pointer(slot)
        return Ptr(start.mem, moved(a, start.offset), dtype)

    return Code(take, DYNAMIC)


def _moved(b: Build, terms: address.Terms, scale: int) -> Callable[[Any, Any], Any]:
    """A byte offset plus `scale` times a sum. The same sum gives the same array, so what is made of it can be kept."""
    memo, constant, by_lanes = b.memo(), terms.constant, address.lane_part(b, terms)
    by_uniform, dynamic = terms.sum_of("uniform"), terms.sum_of("dynamic")

    def offset(a: Any, start: Any) -> Any:
        base = constant if by_uniform is None else constant + by_uniform(a)
        if dynamic is not None or type(base) is not int or type(start) is not int:
            total = base if by_lanes is None else by_lanes(a) + base
            return start + (total if dynamic is None else total + dynamic(a)) * scale
        key = base * scale + start
        if by_lanes is None:
            return key
        table = a.memo[memo]
        found = table.get(key)
        if found is None:
            if len(table) >= address.MAX_REMEMBERED:
                table.clear()
            found = table[key] = by_lanes(a) * scale + key
        return found

    return offset


def _sum_of(b: Build, node: Any) -> address.Terms:
    terms = address.Terms()
    terms.add(b, node, 1)
    return terms


def remembered(a: Any, memo: int, of: Any, key: Hashable, make: Callable[[], Any | None]) -> Any:
    """What `make` makes of an array (or number) and a key; None is not remembered and given back."""
    table = a.memo[memo]
    whole = (id(of) if isinstance(of, np.ndarray) else of, key)
    found = table.get(whole)
    if found is None:
        made = make()
        if made is None:
            return None
        if len(table) >= address.MAX_REMEMBERED:
            table.clear()
        found = table[whole] = (made, of)
    return found[0]


def _address_of(b: Build, call: Any) -> Code:
    return element_pointer(b, call.args[0])


def _tvm_access_ptr(b: Build, call: Any) -> Code:
    dtype = dtypes.numpy_type(str(call.args[0].dtype))
    width = dtypes.split(str(call.args[0].dtype))[1]
    base, moved = pointer(b, call.args[1]), _moved(b, _sum_of(b, call.args[2]), dtype.itemsize * width)

    def take(a: Any) -> Ptr:
        start = base(a)
        return Ptr(start.mem, moved(a, start.offset), dtype)

    return Code(take, DYNAMIC)


def _byte_offset(b: Build, call: Any) -> Code:
    base, moved = pointer(b, call.args[0]), _moved(b, _sum_of(b, call.args[1]), 1)

    def take(a: Any) -> Ptr:
        start = base(a)
        return Ptr(start.mem, moved(a, start.offset), start.dtype)

    return Code(take, DYNAMIC)


def pointer(b: Build, node: Any) -> Callable[[Any], Ptr]:
    """Compile an argument that must be a pointer."""
    run = b.expr(node).run

    def take(a: Any) -> Ptr:
        value = run(a)
        if type(value) is not Ptr:
            raise Malformed(f"a pointer is expected, not {type(value).__name__}: {node}")
        return value

    return take


def is_pointer(node: Any) -> bool:
    """Whether an argument takes an address."""
    return type(node).__name__ == "Call" and getattr(node.op, "name", "") in POINTERS


def elements(a: Any, start: Ptr, steps: Any, dtype: np.dtype[Any], site: int) -> Any:
    """Indices, into the flat view of `dtype`, of the elements at `steps` from a pointer, on every lane."""
    offset = start.offset
    base = offset // dtype.itemsize
    at_start = Ptr(start.mem, 0, dtype)
    return address.settle(a, at_start, base + steps, dtype, 1, site)[0]


def lane_offset(a: Any, value: Any) -> Any:
    """A scalar or lane value as a flat array with one entry per lane."""
    return axes.lanes_of(value, a.count)


def _type_annotation(b: Build, call: Any) -> Code:
    return constant(str(call.dtype))


def _isnullptr(b: Build, call: Any) -> Code:
    run = b.expr(call.args[0]).run
    return Code(lambda a: run(a) is None, DYNAMIC)


def _shuffle_elect(b: Build, call: Any) -> Code:
    size = b.expr(call.args[0])
    if not size.is_constant:
        raise Unsupported("tl.tl_shuffle_elect of a size that is not constant")
    period = -(-int(size.constant) // 32)

    def elect(a: Any) -> Any:
        lanes = a.lanes
        chosen = lanes == 0 if period == 0 else (lanes % 32 == 0) & (lanes // 32 % period == 0)
        return axes.along(axes.LANE, chosen)

    return Code(elect, LANES)


OPS = {
    "tirx.address_of": _address_of,
    "tl.access_ptr": _address_of,
    "tirx.tvm_access_ptr": _tvm_access_ptr,
    "tirx.handle_add_byte_offset": _byte_offset,
    "tirx.type_annotation": _type_annotation,
    "tirx.isnullptr": _isnullptr,
    "tl.tl_shuffle_elect": _shuffle_elect,
}
