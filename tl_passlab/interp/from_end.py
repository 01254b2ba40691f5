"""Indices that count from the end of their dimension, as in Python, until LegalizeNegativeIndex has spelt them out.

Only an index that is below zero whatever its variables are counts from the end. One that is negative for some lanes is
out of bounds, there as everywhere.
"""

from __future__ import annotations

from typing import Any

PASS = "LegalizeNegativeIndex"
ACCESSES = ("BufferLoad", "BufferStore")


class Bounds:
    """What the loops, launch indices and bindings of a body say about its variables."""

    def __init__(self, body: Any) -> None:
        from tvm.arith import Analyzer
        from tvm.tirx import stmt_functor

        self._analyzer = Analyzer()
        self._threads: list[int] = []
        self._axes: list[tuple[Any, int]] = []
        self.accesses: list[Any] = []
        stmt_functor.post_order_visit(body, self._note)
        for var, axis in self._axes:
            self._between(var, 0, self._threads[axis] if axis < len(self._threads) else 1024)

    def below_zero(self, index: Any) -> bool:
        """Whether an index is negative, always."""
        kind = type(index).__name__
        if kind in ("IntImm", "Var"):
            return kind == "IntImm" and int(index.value) < 0
        return int(self._analyzer.const_int_bound(index).max_value) < 0

    def counts(self, access: Any) -> bool:
        """Whether an access has such an index."""
        return any(self.below_zero(index) for index in access.indices)

    def _note(self, node: Any) -> None:
        kind = type(node).__name__
        if kind in ACCESSES:
            self.accesses.append(node)
        elif kind == "For":
            self._between(node.loop_var, node.min, node.extent)
        elif kind == "AttrStmt" and str(node.attr_key) == "thread_extent":
            self._between(node.node.var, 0, node.value)
        elif kind == "SBlock" and "tl.launch_threads" in node.annotations:
            self._threads = [int(x) for x in node.annotations["tl.launch_threads"]]
        elif kind == "Bind" and type(node.value).__name__ == "Call":
            if getattr(node.value.op, "name", "") == "tl.launch_thread_idx":
                self._axes.append((node.var, int(node.value.args[0].value)))
        elif kind == "Bind" and str(node.var.dtype).startswith("int"):
            self._analyzer.bind(node.var, node.value)

    def _between(self, var: Any, low: Any, extent: Any) -> None:
        from tvm.ir import Range

        self._analyzer.bind(var, Range.from_min_extent(low, extent))


def occurs(module: Any) -> bool:
    """Whether any function of a module counts from an end."""
    return any(
        any(map(bounds.counts, bounds.accesses)) for bounds in (Bounds(f.body) for f in module.functions.values())
    )


def spelt_out(body: Any) -> Any:
    """The body with the extent of the dimension added to such indices."""
    from tvm import tirx
    from tvm.tirx import stmt_functor

    bounds = Bounds(body)

    def positive(access: Any) -> Any:
        if not bounds.counts(access):
            return None
        shape = access.buffer.shape
        indices = [e + i if bounds.below_zero(i) else i for i, e in zip(access.indices, shape, strict=True)]
        if type(access).__name__ == "BufferLoad":
            return tirx.BufferLoad(access.buffer, indices, access.predicate)
        return tirx.BufferStore(access.buffer, access.value, indices, access.predicate)

    return stmt_functor.ir_transform(body, None, positive, [f"tirx.{name}" for name in ACCESSES])
