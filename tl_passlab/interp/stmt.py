"""Statements: flat instructions where an agent may wait or fork, nested closures everywhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import access, alloc, axes, branch
from tl_passlab.interp.attributes import ignored_attribute
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.loops import flat_for, flat_while, simple_for, simple_while
from tl_passlab.interp.ops import lookup, reducer
from tl_passlab.interp.program import WAIT, Run

PARALLEL = 1
BREAKS = ("tl.loop_break", "tirx.break_loop")
RETURN = "tirx.thread_return"


def collective(node: Any) -> bool:
    """Whether a statement may make an agent wait, or is executed by all of an agent's lanes together."""
    kind = type(node).__name__
    if kind == "SeqStmt":
        return any(collective(s) for s in node.seq)
    if kind == "For":
        return int(node.kind) == PARALLEL or collective(node.body)
    if kind == "IfThenElse":
        return collective(node.then_case) or (node.else_case is not None and collective(node.else_case))
    if kind == "SBlockRealize":
        return collective(node.block.body)
    if kind in ("AttrStmt", "While"):
        return collective(node.body)
    if kind == "Evaluate":
        return lookup.is_collective(node.value) or (
            type(node.value).__name__ == "Call" and lookup.name_of(node.value) in (*BREAKS, RETURN)
        )
    return False


def flat(b: Build, node: Any, out: list[Run]) -> None:
    """Append a statement's instructions."""
    kind = type(node).__name__
    if not collective(node) and kind != "SeqStmt":
        run = simple(b, node)
        if run is not None:
            out.append(run)
        return
    compiler = FLAT.get(kind)
    if compiler is None:
        raise Unsupported(f"statement {kind}")
    compiler(b, node, out)


def _flat_seq(b: Build, node: Any, out: list[Run]) -> None:
    for part in node.seq:
        flat(b, part, out)


def _flat_if(b: Build, node: Any, out: list[Run]) -> None:
    _flat_branch(b, node.condition, node.then_case, node.else_case, out, [])


def _flat_branch(b: Build, test_of: Any, yes: Any, no: Any, out: list[Run], first: list[Run]) -> None:
    """A condition, what runs `first` where it holds, the two branches, and the place where lanes meet again."""
    b.at(test_of)
    condition = b.hoist(b.expr(test_of)).run
    other, end = [0], [0]
    meet = not b.level.warp_clocks  # until ThreadSync has run, ordering shared memory is still the compiler's to do
    here = len(out)

    def test(a: Any) -> Any:
        value = axes.uniform(condition(a))
        if value is None:
            return branch.fork(a, condition(a), here + 1, other[0], end[0], meet=meet)
        return None if value else other[0]

    out.append(test)
    out.extend(first)
    flat(b, yes, out)
    if no is not None:
        out.append(lambda a: end[0])
        other[0] = len(out)
        flat(b, no, out)
    else:
        other[0] = len(out)
    end[0] = len(out)
    out.append(branch.join_here(end))


def _flat_attr(b: Build, node: Any, out: list[Run]) -> None:
    _attribute(b, node)
    flat(b, node.body, out)


def _flat_block(b: Build, node: Any, out: list[Run]) -> None:
    if alloc.has_predicate(b, node):
        _flat_branch(b, node.predicate, node.block.body, None, out, alloc.enter_block(b, node))
        return
    out.extend(alloc.enter_block(b, node))
    flat(b, node.block.body, out)


def _flat_evaluate(b: Build, node: Any, out: list[Run]) -> None:
    b.at(node)
    if lookup.name_of(node.value) == RETURN:
        end_of_kernel = b.kernel_end
        out.append(lambda a: end_of_kernel[0])
        return
    if lookup.name_of(node.value) in BREAKS:
        if not b.loop_ends:
            raise Malformed("a break outside of a loop")
        end = b.loop_ends[-1]
        out.append(lambda a: end[0])
        return
    blocking = lookup.compile_blocking(b, node.value)
    if blocking is None:
        run = lookup.compile_call(b, node.value).run
        out.append(lambda a: run(a) and None)
        return
    out.append(lambda a: None if blocking(a) else WAIT)


def _attribute(b: Build, node: Any) -> None:
    key = str(node.attr_key)
    if key == "thread_extent":
        alloc.bind_thread(b, node.node.var, str(node.node.thread_tag), node.value)
    elif key == "reduce_scope":
        b.reducer = node.node
    elif key == "tl.parallel_multiplicity":
        b.accumulating.add(hash(node.node))
    elif not ignored_attribute(key):
        raise Unsupported(f"attribute {key}")


FLAT: dict[str, Callable[[Build, Any, list[Run]], None]] = {
    "SeqStmt": _flat_seq,
    "IfThenElse": _flat_if,
    "AttrStmt": _flat_attr,
    "SBlockRealize": _flat_block,
    "Evaluate": _flat_evaluate,
    "For": lambda b, node, out: flat_for(b, node, out, flat, simple),
    "While": lambda b, node, out: flat_while(b, node, out, flat),
}


def simple(b: Build, node: Any) -> Run | None:
    """A statement that no lane can wait in, as one closure; None when it does nothing."""
    kind = type(node).__name__
    compiler = SIMPLE.get(kind)
    if compiler is None:
        raise Unsupported(f"statement {kind}")
    return compiler(b, node)


def _sequence(runs: list[Run]) -> Run | None:
    if len(runs) <= 1:
        return runs[0] if runs else None

    def sequence(a: Any) -> None:
        for run in runs:
            run(a)

    return sequence


def _simple_seq(b: Build, node: Any) -> Run | None:
    return _sequence([run for part in node.seq if (run := simple(b, part)) is not None])


def _nothing(_: Any) -> None:
    return None


def _simple_if(b: Build, node: Any) -> Run:
    b.at(node.condition)
    yes = simple(b, node.then_case) or _nothing
    return _conditional(b, node.condition, yes, simple(b, node.else_case) if node.else_case is not None else None)


def _conditional(b: Build, test_of: Any, yes: Run, no: Run | None) -> Run:
    """Run a side under the mask of the lanes that take it."""
    condition = b.hoist(b.expr(test_of)).run

    def run(a: Any) -> None:
        value = condition(a)
        if not isinstance(value, np.ndarray):
            if value:
                yes(a)
            elif no is not None:
                no(a)
            return
        outer = a.mask
        if outer is None and value.all():
            yes(a)
            return
        _under(a, axes.both(outer, value), yes)
        if no is not None:
            _under(a, axes.both(outer, np.logical_not(value)), no)
        a.mask = outer

    return run


def _under(a: Any, mask: Any, run: Run) -> None:
    if mask.any():
        a.mask = mask
        run(a)


def _simple_store(b: Build, node: Any) -> Run:
    b.at(node)
    data = hash(node.buffer.data)
    if b.level.tile and (data in b.accumulating or data in b.reducers):
        run = reducer.accumulation(b, node)
        if run is not None:
            return run
    return access.compile_store(b, node)


def _simple_evaluate(b: Build, node: Any) -> Run | None:
    b.at(node)
    if type(node.value).__name__ != "Call":
        return None
    if lookup.compile_blocking(b, node.value) is not None:
        raise Unsupported(f"{lookup.name_of(node.value)} inside a vectorised or parallel loop")
    run = lookup.compile_call(b, node.value).run
    return lambda a: run(a) and None


def _simple_bind(b: Build, node: Any) -> Run:
    b.at(node)
    if type(node.value).__name__ == "Call" and getattr(node.value.op, "name", "") == "tl.launch_thread_idx":
        axis = int(node.value.args[0].value)
        alloc.bind_thread(b, node.var, f"threadIdx.{'xyz'[axis]}", None)
        return _nothing
    if not str(node.var.dtype).startswith("handle") and b.waits_for_a_variable(node.value):
        b.meant[b.slot(node.var)] = node.value
        return _nothing
    value = b.hoist(b.expr(node.value))
    run, slot = value.run, b.bind(node.var, value.depends)

    def bind(a: Any) -> None:
        a.env[slot] = run(a)

    return bind


def _simple_attr(b: Build, node: Any) -> Run | None:
    _attribute(b, node)
    return simple(b, node.body)


def _simple_block(b: Build, node: Any) -> Run | None:
    conditional = alloc.has_predicate(b, node)
    runs = alloc.enter_block(b, node)
    body = simple(b, node.block.body)
    whole = _sequence([*runs, body] if body is not None else runs)
    return _conditional(b, node.predicate, whole or _nothing, None) if conditional else whole


def _simple_assert(b: Build, node: Any) -> Run:
    b.at(node)
    condition, site = b.expr(node.condition).run, b.site

    def check(a: Any) -> None:
        value = condition(a)
        if not np.all(value):
            a.m.report("assertion", "an assertion of the kernel fails", a, site)

    return check


SIMPLE: dict[str, Callable[[Build, Any], Run | None]] = {
    "SeqStmt": _simple_seq,
    "IfThenElse": _simple_if,
    "AttrStmt": _simple_attr,
    "SBlockRealize": _simple_block,
    "Evaluate": _simple_evaluate,
    "BufferStore": _simple_store,
    "Bind": _simple_bind,
    "AssertStmt": _simple_assert,
    "AllocBuffer": lambda b, node: alloc.allocation(b, node.buffer),
    "DeclBuffer": lambda b, node: alloc.declaration(b, node.buffer),
    "For": lambda b, node: simple_for(b, node, simple),
    "While": lambda b, node: simple_while(b, node, simple),
}
