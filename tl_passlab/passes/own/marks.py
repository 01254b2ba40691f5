"""Follows tile operators and parallel loops through the pipeline, from the IR that a kernel is to what it becomes.

Upstream keeps no such link: LowerTileOp replaces the call and forgets it. So an operator carries a number, as an
annotation of the call or loop (passes that rewrite one keep its annotations). Before LowerTileOp it is put under an
attribute statement with that number; what LowerTileOp writes stays under it until MergeIfStmt, where the numbers are
read and taken out again. Every pass but those between sees the IR it would have seen anyway: that following changed
nothing is proved by comparing the generated source with an unmarked lowering's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tvm
from tvm.tirx import stmt_functor

from tl_passlab.passes.own.sites import MARK, PARALLEL, PREFIX, Site, is_operator, operands, position
from tl_passlab.passes.own.walk import bodies, nodes

PUT_AT = "LowerTileOp"
READ_AT = "MergeIfStmt"


def operator_name(node: Any) -> str:
    """`copy` for a `tl.tileop.copy` call, empty for anything else."""
    name = str(getattr(node.op, "name", "")) if isinstance(node, tvm.tirx.Call) else ""
    return name.removeprefix(PREFIX) if is_operator(name) else ""


def mark_of(node: Any) -> int:
    """The number of a marked tile call or loop, -1 without one."""
    mark = node.annotations.get(MARK) if node.annotations else None
    return -1 if mark is None else int(mark)


def with_annotations(call: Any, drop: str = "", **values: Any) -> Any:
    """The tile call with more annotations, and one less."""
    annotations = {key: value for key, value in (call.annotations or {}).items() if key != drop} | values
    return tvm.tirx.Call(call.dtype, call.op, call.args, annotations=annotations, span=call.span)


def mark_rest(func: Any, sites: list[Site]) -> Any:
    """The function with every tile call and outermost parallel loop marked; those that nobody saw made get a Site."""

    def mark_call(statement: Any) -> Any:
        call = statement.value
        if not operator_name(call) or mark_of(call) >= 0:
            return None
        sites.append(Site(operator_name(call), *position(statement), operands(call.args)))
        marked = with_annotations(call, **{MARK: _number(len(sites) - 1)})
        return tvm.tirx.Evaluate(marked)

    def mark_loop(loop: Any) -> Any:
        # Called before its body is visited, and the body is not visited once it returns a loop: outermost loops only.
        if loop.kind != tvm.tirx.ForKind.PARALLEL:
            return None
        sites.append(Site(PARALLEL, *position(loop), _loop_operands(loop)))
        return _with_loop_annotations(loop, {**dict(loop.annotations), MARK: _number(len(sites) - 1)})

    body = stmt_functor.ir_transform(func.body, None, mark_call, ["tirx.Evaluate"])
    return func.with_body(stmt_functor.ir_transform(body, mark_loop, None, ["tirx.For"]))


def _loop_operands(loop: Any) -> str:
    reads, writes = [], []
    for node in nodes(loop.body):
        if isinstance(node, tvm.tirx.BufferStore):
            writes.append(str(node.buffer.name))
        elif isinstance(node, tvm.tirx.BufferLoad):
            reads.append(str(node.buffer.name))
    sides = (", ".join(dict.fromkeys(reads)), ", ".join(dict.fromkeys(writes)))
    return " -> ".join(side for side in sides if side)


def _number(value: int) -> Any:
    return tvm.tirx.IntImm("int32", value)


def _with_loop_annotations(loop: Any, annotations: dict[str, Any]) -> Any:
    return tvm.tirx.For(
        loop.loop_var, loop.min, loop.extent, loop.kind, loop.body, loop.thread_binding, annotations, loop.step
    )


def unmarked_loop(loop: Any) -> Any:
    """The loop without its number; None where it has none."""
    if mark_of(loop) < 0:
        return None
    return _with_loop_annotations(loop, {key: value for key, value in loop.annotations.items() if key != MARK})


def map_bodies(mod: Any, change: Callable[[Any], Any]) -> Any:
    """The module with `change` applied to the body of each TIR function."""
    functions = {
        name: func.with_body(change(func.body)) if hasattr(func, "body") else func
        for name, func in mod.functions.items()
    }
    return tvm.IRModule(functions, attrs=mod.attrs)


def put_under_attributes(mod: Any) -> Any:
    """Each marked call or loop under an attribute statement with its number: the form that survives LowerTileOp."""

    def put(statement: Any) -> Any:
        if isinstance(statement, tvm.tirx.For):
            if statement.kind != tvm.tirx.ForKind.PARALLEL or mark_of(statement) < 0:
                return None
            return under(mark_of(statement), PARALLEL, unmarked_loop(statement))
        call = statement.value
        if not operator_name(call) or mark_of(call) < 0:
            return None
        return under(mark_of(call), operator_name(call), statement)

    return map_bodies(mod, lambda body: stmt_functor.ir_transform(body, None, put, ["tirx.Evaluate", "tirx.For"]))


def under(mark: int, operator: str, statement: Any) -> Any:
    """The statement under an attribute statement with a number and an operator."""
    return tvm.tirx.AttrStmt(_number(mark), MARK, tvm.tirx.StringImm(operator), statement)


def without_attributes(mod: Any) -> Any:
    """The module without the attribute statements of `put_under_attributes`."""

    def take_out(statement: Any) -> Any:
        return statement.body if statement.attr_key == MARK else None

    return map_bodies(mod, lambda body: stmt_functor.ir_transform(body, None, take_out, ["tirx.AttrStmt"]))


def regions(mod: Any) -> list[tuple[int, str, Any]]:
    """Number, operator as it was when it was lowered (`tma_copy` for a copy), and statement of each marked region."""
    marks = (node for body in bodies(mod) for node in nodes(body) if isinstance(node, tvm.tirx.AttrStmt))
    return [(int(mark.node), str(mark.value.value), mark.body) for mark in marks if mark.attr_key == MARK]
