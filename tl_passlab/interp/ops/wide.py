"""Loads and stores of global memory by width: `ldg128(pointer)` and `stg128(pointer, value)` of 32 to 256 bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import access, axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops.pointer import elements, pointer
from tl_passlab.interp.program import DYNAMIC, Code

WIDTHS = (32, 64, 128, 256)


def _words(type_name: str) -> tuple[np.dtype[Any], Any]:
    """The type of the words, and their distance from the pointer."""
    base, lanes = dtypes.split(type_name)
    return dtypes.numpy_type(base), axes.along(axes.VECTOR, np.arange(lanes)) if lanes > 1 else 0


def _load(b: Build, call: Any) -> Code:
    if len(call.args) > 1:
        raise Unsupported(f"{call.op.name} under a predicate")
    start, site = pointer(b, call.args[0]), b.site
    dtype, steps = _words(str(call.dtype))

    def run(a: Any) -> Any:
        where = start(a)
        index = elements(a, where, steps, dtype, site)
        if a.watch is not None:
            a.watch.read(a, where.mem, index, dtype.itemsize, site)
        return where.mem.view(dtype)[index]

    return Code(run, DYNAMIC)


def _store(b: Build, call: Any) -> Code:
    if len(call.args) > 2:
        raise Unsupported(f"{call.op.name} under a predicate")
    start, value, site = pointer(b, call.args[0]), b.expr(call.args[1]).run, b.site
    dtype, steps = _words(str(call.args[1].dtype))

    def run(a: Any) -> None:
        stored, where = value(a), start(a)
        access.put(a, where.mem, elements(a, where, steps, dtype, site), dtype, stored, site)

    return Code(run, DYNAMIC)


OPS = {
    **{f"tl.ldg{width}": _load for width in WIDTHS},
    **{f"tl.stg{width}": _store for width in WIDTHS},
}
