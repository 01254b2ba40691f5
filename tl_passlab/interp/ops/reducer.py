"""Reducers: objects that the iterations of parallel loops contribute to, each once, until they are finalised.

Until ReducerPlanAndMaterialize they are operations of their own; after it, and on lanes before 0.1.14, they are updates
`acc[i] = acc[i] + x` in a parallel loop, which only make sense as accumulations: iterations share `acc[i]`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import address, axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal, notes_of
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops import atomic
from tl_passlab.interp.program import DYNAMIC, Code, Run
from tl_passlab.interp.region import Region

UFUNCS: dict[str, Any] = {
    "sum": np.add,
    "max": np.maximum,
    "min": np.minimum,
    "bitand": np.bitwise_and,
    "bitor": np.bitwise_or,
    "bitxor": np.bitwise_xor,
}
# How upstream numbers the operations in finalize_reducer.
IN_ORDER = tuple(UFUNCS)
NODES: dict[str, Any] = {"Add": np.add, "Max": np.maximum, "Min": np.minimum}
CALLS: dict[str, Any] = {
    "tirx.bitwise_and": np.bitwise_and,
    "tirx.bitwise_or": np.bitwise_or,
    "tirx.bitwise_xor": np.bitwise_xor,
}


def note(b: Build, annotations: dict[str, Any]) -> None:
    """Remember the reducers that a block's annotations declare."""
    for key in ("reducer_info", "reducer_info_v2"):
        for var, info in annotations.get(key, {}).items():
            b.reducers[hash(getattr(var, "data", var))] = str(info["op"]).strip('"')


def identity(op: str, dtype: np.dtype[Any]) -> Any:
    """The value that an operation starts from."""
    if op in ("sum", "bitor", "bitxor"):
        return dtype.type(0)
    if op == "bitand":
        return dtype.type(-1) if dtype.kind == "i" else np.iinfo(dtype).max
    if dtypes.is_float(dtype):
        return dtype.type(-np.inf if op == "max" else np.inf)
    return np.iinfo(dtype).min if op == "max" else np.iinfo(dtype).max


def _operation(b: Build, buffer: Any) -> str:
    op = b.reducers.get(hash(buffer.data), "")
    if op not in UFUNCS:
        raise Unsupported(f"reducer {op or buffer.name}")
    return op


def _init(b: Build, call: Any) -> Code:
    """Arguments: the reducer, and perhaps a value that counts as one contribution to every element."""
    target, site = Region(b, call.args[0]), b.site
    op = _operation(b, target.buffer)
    given = b.expr(call.args[1]).run if len(call.args) > 1 else None

    def run(a: Any) -> None:
        to = target.at(a)
        first = identity(op, to.dtype) if given is None else axes.uniform(given(a))
        if first is None:
            raise Unsupported("tl.tileop.reducer_init with a value that differs between lanes")
        to.store(a, dtypes.cast(first, to.dtype), site)

    return Code(run, DYNAMIC)


def _update(b: Build, call: Any) -> Code:
    """Arguments: the element as a load, the contribution."""
    target = call.args[0]
    return Code(_accumulate(b, target, call.args[1], UFUNCS[_operation(b, target.buffer)]), DYNAMIC)


def _accumulate(b: Build, target: Any, value: Any, ufunc: Any) -> Run:
    dtype, _ = address.element_type(target.buffer)
    locate, what = address.linear(b, target.buffer, list(target.indices)), b.expr(value).run
    b.written.add(b.slot(target.buffer.data))
    site, loops = b.site, tuple(b.axis_slots)

    def run(a: Any) -> None:
        contribution = what(a)
        mem, index = locate(a)
        atomic.apply(
            a, mem, np.asarray(index), dtype, contribution, ufunc, once=True, returns=False, site=site, loops=loops
        )

    return run


def _finalize(b: Build, call: Any) -> Code:
    """Arguments: the reducer, the fragment that gets the result."""
    source, target, site = Region(b, call.args[0]), Region(b, call.args[1]), b.site

    def run(a: Any) -> None:
        of, to = source.at(a), target.at(a)
        to.store(a, dtypes.cast(of.load(a, site), to.dtype).reshape(to.shape), site)

    return Code(run, DYNAMIC)


def _finalize_in_place(b: Build, call: Any) -> Code:
    """Arguments: the fragment, the operation. Its logical contents are complete; only a starting value is missing."""
    seed = notes_of(call).get("seed")
    if seed is None:
        return Code(lambda a: None, DYNAMIC)
    target, start, site = Region(b, call.args[0]), b.expr(seed).run, b.site
    ufunc = UFUNCS[IN_ORDER[literal(call.args[1])]]

    def run(a: Any) -> None:
        to, first = target.at(a), axes.uniform(start(a))
        if first is None:
            raise Unsupported("tl.tileop.finalize_reducer with a starting value that differs between lanes")
        to.store(a, dtypes.cast(ufunc(to.load(a, site), dtypes.cast(first, to.dtype)), to.dtype), site)

    return Code(run, DYNAMIC)


def accumulation(b: Build, node: Any) -> Run | None:
    """A store `acc[i] = acc[i] + x` to a reducer, as contributions of all iterations; None when it is another store."""
    value = node.value
    name = getattr(getattr(value, "op", None), "name", "")
    ufunc = NODES.get(type(value).__name__) or CALLS.get(name)
    if ufunc is None:
        return None
    sides = list(value.args) if name else [value.a, value.b]
    for own, other in (sides, sides[::-1]):
        if _is_load_of(own, node):
            return _accumulate(b, own, other, ufunc)
    return None


def _is_load_of(side: Any, store: Any) -> bool:
    import tvm

    if type(side).__name__ != "BufferLoad" or hash(side.buffer.data) != hash(store.buffer.data):
        return False
    return all(tvm.ir.structural_equal(x, y) for x, y in zip(side.indices, store.indices, strict=True))


OPS = {
    "tl.tileop.reducer_init": _init,
    "tl.reducer_update": _update,
    "tl.tileop.finalize_reducer_v2": _finalize,
    "tl.tileop.finalize_reducer": _finalize_in_place,
}
TOGETHER = ("tl.tileop.finalize_reducer", "tl.tileop.reducer_init", "tl.tileop.finalize_reducer_v2")
