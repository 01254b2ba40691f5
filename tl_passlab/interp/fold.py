"""Loops that only accumulate, `x[i] = x[i] + e(k)`: the terms come from one evaluation, the sums stay in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import access, address, axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.independent import mentions, only_reads, range_of
from tl_passlab.interp.program import LANES, Run


def accumulation(b: Build, node: Any) -> Run | None:
    """A serial loop as an accumulation; None when it is another kind of loop.

    The register must be private and the same in every iteration, and the term must read others only: then evaluating
    all terms first changes nothing, and adding them one by one gives the same bits.
    """
    from tl_passlab.interp.expr import BINARY

    values, store = range_of(node), node.body
    if values is None or type(store).__name__ != "BufferStore" or b.parallel_depth >= axes.PARALLEL_AXES:
        return None
    data = hash(store.buffer.data)
    kind = type(store.value).__name__
    if kind not in BINARY or data not in b.private or len(values) < 2 or str(store.buffer.dtype).startswith("uint"):
        return None
    sides = [_is_register(side, store) for side in (store.value.a, store.value.b)]
    if sides.count(True) != 1 or mentions(store.indices, {hash(node.loop_var)}):
        return None
    term = store.value.a if sides[1] else store.value.b
    if not only_reads(b, term, data):
        return None
    function = BINARY[kind]
    return _compiled(b, node, term, values, function if sides[0] else lambda x, y: function(y, x))


def _is_register(node: Any, store: Any) -> bool:
    import tvm

    return type(node).__name__ == "BufferLoad" and bool(
        node.buffer.same_as(store.buffer)
        and node.predicate is None
        and all(tvm.ir.structural_equal(x, y) for x, y in zip(node.indices, store.indices, strict=True))
    )


def _compiled(b: Build, node: Any, term_of: Any, values: Any, function: Callable[[Any, Any], Any]) -> Run:
    store = node.body
    b.at(store)
    dtype, _ = address.element_type(store.buffer)
    load = access.compile_load(b, store.value.a if _is_register(store.value.a, store) else store.value.b).run
    locate, site = address.linear(b, store.buffer, list(store.indices)), b.site
    axis = axes.FIRST_PARALLEL + b.parallel_depth
    slot = b.bind(node.loop_var, LANES)
    along = axes.along(axis, values.astype(dtypes.numpy_type(str(node.loop_var.dtype))))
    b.parallel_depth += 1
    term = b.hoist(b.expr(term_of)).run
    b.parallel_depth -= 1
    b.written.add(b.slot(store.buffer.data))
    pick = [(slice(None),) * axis + (slice(k, k + 1),) for k in range(len(values))]

    def run(a: Any) -> None:
        a.env[slot] = along
        found, terms = load(a), term(a)
        spread = isinstance(terms, np.ndarray) and terms.shape[axis] > 1
        for place in pick:
            found = dtypes.cast(function(found, terms[place] if spread else terms), dtype)
        mem, index = locate(a)
        access.put(a, mem, index, dtype, found, site)

    return run
