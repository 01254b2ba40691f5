"""Pointers: taking an address, offsetting it, and turning it into element indices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import address, axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.expr import combine, constant
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
    total = b.expr(buffer.elem_offset)
    for node, stride in zip(load.indices, address.strides_of(b, buffer), strict=True):
        product = combine(b, lambda x, y: x * y, b.expr(node), stride)
        total = combine(b, lambda x, y: x + y, total, product)
    scale = dtype.itemsize * width
    run = b.hoist(combine(b, lambda e: e * scale, total)).run

    def take(a: Any) -> Ptr:
        pointer = a.pointer(slot)
        return Ptr(pointer.mem, pointer.offset + run(a), dtype)

    return Code(take, DYNAMIC)


def _address_of(b: Build, call: Any) -> Code:
    return element_pointer(b, call.args[0])


def _tvm_access_ptr(b: Build, call: Any) -> Code:
    dtype = dtypes.numpy_type(str(call.args[0].dtype))
    width = dtypes.split(str(call.args[0].dtype))[1]
    base, offset = pointer(b, call.args[1]), b.hoist(b.expr(call.args[2])).run
    scale = dtype.itemsize * width

    def take(a: Any) -> Ptr:
        start = base(a)
        return Ptr(start.mem, start.offset + offset(a) * scale, dtype)

    return Code(take, DYNAMIC)


def _byte_offset(b: Build, call: Any) -> Code:
    base, offset = pointer(b, call.args[0]), b.hoist(b.expr(call.args[1])).run

    def take(a: Any) -> Ptr:
        start = base(a)
        return Ptr(start.mem, start.offset + offset(a), start.dtype)

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
