"""Mutants of SIMT and Metal kernels: barriers, simdgroup operands, reductions, predicates, tails."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.interp.mutation.edit import Edit, argument, condition, loop_extent, remove, rewrite, with_args
from tests.interp.mutation.mutant import VALUES, Mutant

SYNC = "tirx.tvm_storage_sync"
LOAD, MULTIPLY, STORE = "tirx.simdgroup_load", "tirx.simdgroup_multiply_accumulate", "tirx.simdgroup_store"
METAL_SYNCS = 2
LAST_IF = 1  # in the order in which they end: the inner of the two around the store

_metal = partial(Mutant, kernel="metal_gemm", target="metal", after="last")
_simt = partial(Mutant, kernel="row_sum", target="cuda:sm_80", after="last")


def _mutant(name: str, edit: Edit, *caught_by: str) -> Mutant:
    return _metal(f"metal-{name}", edit=edit, caught_by=caught_by)


def _rows(name: str, edit: Edit, *caught_by: str) -> Mutant:
    return _simt(f"rows-{name}", edit=edit, caught_by=caught_by)


def _renamed(change: Any) -> Edit:
    """Change the template arguments of the external reduction."""

    def choose(node: Any) -> Any:
        import tvm

        if getattr(node.op, "name", "") != "tirx.call_extern" or "AllReduce" not in str(node.args[0].value):
            return None
        return with_args(node, [tvm.tirx.StringImm(change(str(node.args[0].value))), *list(node.args)[1:]])

    return rewrite(["Call"], choose)


def _always(node: Any) -> Any:
    import tvm

    return tvm.tirx.IntImm("bool", 1)


MUTANTS = [
    *[_mutant(f"sync-{i}-missing", remove(SYNC, i), "race") for i in range(METAL_SYNCS)],
    _mutant("load-transposed", argument(LOAD, 6, lambda t: True, 0), VALUES, "out-of-bounds"),
    _mutant("load-stride", argument(LOAD, 3, lambda s: 8, 0), VALUES),
    _mutant("load-matrix-index", argument(LOAD, 1, lambda i: 0, 0), VALUES, "uninitialised"),
    _mutant("multiply-operand", argument(MULTIPLY, 3, lambda i: 0), VALUES),
    _mutant("multiply-accumulator", argument(MULTIPLY, 7, lambda i: 0), VALUES),
    _mutant("store-stride", argument(STORE, 3, lambda s: 16, 0), VALUES),
    _mutant("store-missing", remove(STORE, 1), VALUES),
    _mutant("k-loop-short", loop_extent(0, lambda n: n - 1), VALUES),
    _rows("sync-missing", remove(SYNC, 0), "race"),
    _rows("reduction-narrower", _renamed(lambda t: t.replace("Op, 128, 1", "Op, 64, 1")), VALUES),
    _rows("reduction-maximum", _renamed(lambda t: t.replace("SumOp", "MaxOp")), VALUES),
    _rows("tail-predicate-of-the-store", condition(LAST_IF, _always), "out-of-bounds"),
]  # fmt: skip

# Mutants that change nothing: the name, and why.
EQUIVALENT = {
    _rows("workspace-sync-missing", remove(SYNC, 1)): "the reduction begins with a barrier of its own",
}
