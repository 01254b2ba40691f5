"""Lets a pass that joins neighbouring statements see them as neighbours while tile operators are followed.

An attribute statement around one of two `if`s keeps FuseMBarrierArriveExpectTx from making one of them. So the pass is
given the IR without the attribute statements, and they are put back around what it left as it was: a region as a whole,
or what remains of it, statement by statement. Passes share the statements that they do not change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tvm
from tvm.tirx import stmt_functor

from tl_passlab.passes.own import marks
from tl_passlab.passes.own.walk import nodes

JOINING = ("FuseMBarrierArriveExpectTx",)
# Marks what is left of a region that is counted already.
REST = ""
_LEAVES = (tvm.tirx.Evaluate, tvm.tirx.BufferStore)


def run_unmarked(run: Callable[[Any], Any], mod: Any) -> Any:
    """The pass applied to the module without attribute statements, which are then put back."""
    regions = marks.regions(mod)
    return marks.map_bodies(run(marks.without_attributes(mod)), lambda body: _put_back(body, regions))


def _put_back(body: Any, regions: list[tuple[int, str, Any]]) -> Any:
    present = {node for node in nodes(body) if isinstance(node, tvm.tirx.Stmt)}
    wrapped: dict[Any, tuple[int, str]] = {}
    for number, operator, statement in regions:
        if statement in present:
            wrapped[statement] = number, operator
            continue
        rest = [leaf for leaf in nodes(statement) if isinstance(leaf, _LEAVES) and leaf in present]
        wrapped.update({leaf: (number, REST if k else operator) for k, leaf in enumerate(rest)})

    def put(statement: Any) -> Any:
        found = wrapped.get(statement)
        return marks.under(*found, statement) if found else None

    # Called before a statement's children, which are not visited once it returns one: a region is wrapped once.
    return stmt_functor.ir_transform(body, put, None)
