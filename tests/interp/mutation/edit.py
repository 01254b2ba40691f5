"""Edits of IR: the n-th call of an operation, the n-th loop, an annotation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Edit = Callable[[Any], Any]


class NotThere(AssertionError):
    """The statement a mutant edits does not occur: the mutant must be rewritten."""


def in_module(module: Any, edit: Edit) -> Any:
    """Apply an edit of a statement to the functions of a module that it applies to."""
    import tvm

    functions, done = {}, 0
    for var, func in module.functions.items():
        try:
            functions[var] = func.with_body(edit(func.body))
            done += 1
        except NotThere:
            functions[var] = func
    if not done:
        raise NotThere("the mutant's statement does not occur")
    return tvm.IRModule(functions, attrs=module.attrs)


def rewrite(kinds: list[str], choose: Callable[[Any], Any]) -> Edit:
    """Replace nodes, in order of execution, where `choose` returns something."""

    def edit(body: Any) -> Any:
        from tvm.tirx import stmt_functor

        hits = []

        def visit(node: Any) -> Any:
            new = choose(node)
            if new is not None:
                hits.append(node)
            return new

        result = stmt_functor.ir_transform(body, None, visit, [f"tirx.{k}" for k in kinds])
        if not hits:
            raise NotThere(str(kinds))
        return result

    return edit


def _is_call(node: Any, name: str) -> bool:
    return type(node).__name__ == "Call" and str(getattr(node.op, "name", "")) == name


def nothing() -> Any:
    """A statement that does nothing."""
    import tvm

    return tvm.tirx.Evaluate(0)


def on_call(name: str, number: int | None, change: Callable[[Any], Any]) -> Edit:
    """Change the call statements of an operation: all of them, or the n-th in program order."""

    def edit(body: Any) -> Any:
        count = [-1]

        def choose(node: Any) -> Any:
            if not _is_call(node.value, name):
                return None
            count[0] += 1
            return change(node) if number in (None, count[0]) else None

        return rewrite(["Evaluate"], choose)(body)

    return edit


def remove(name: str, number: int | None = None) -> Edit:
    """Drop a call."""
    return on_call(name, number, lambda node: nothing())


def with_args(call: Any, args: list[Any], annotations: Any = None) -> Any:
    """The same call with other arguments."""
    import tvm

    notes = dict(call.annotations.items()) if annotations is None and call.annotations else annotations
    return tvm.tirx.Call(str(call.dtype), call.op, args, notes)


def argument(name: str, position: int, change: Callable[[Any], Any], number: int | None = None) -> Edit:
    """Change one argument of a call."""
    import functools

    def apply(node: Any) -> Any:
        import tvm

        args = list(node.value.args)
        args[position] = as_expr(change(args[position]), args[position])
        return tvm.tirx.Evaluate(with_args(node.value, args))

    return on_call(name, number, functools.partial(apply))


def as_expr(value: Any, like: Any) -> Any:
    """A Python number as a constant of the type of what it replaces."""
    import tvm

    return tvm.tirx.IntImm(str(like.dtype), int(value)) if isinstance(value, (int, bool)) else value


def annotation(name: str, key: str, value: Any, number: int | None = None) -> Edit:
    """Set an annotation of a call, or drop it when the value is None."""

    def apply(node: Any) -> Any:
        import tvm

        notes = {k: v for k, v in node.value.annotations.items() if str(k) != key}
        if value is not None:
            notes[key] = value(node.value.annotations[key]) if callable(value) else value
        return tvm.tirx.Evaluate(with_args(node.value, list(node.value.args), notes))

    return on_call(name, number, apply)


def index_of(load: Any, change: Callable[[Any], Any]) -> Any:
    """A BufferLoad of a barrier with another index."""
    import tvm

    return tvm.tirx.BufferLoad(load.buffer, [change(load.indices[0])])


def region_start(region: Any, dimension: int, change: Callable[[Any], Any]) -> Any:
    """A tile region that starts elsewhere."""
    import tvm

    load = region.args[0]
    indices = list(load.indices)
    indices[dimension] = as_expr(change(indices[dimension]), indices[dimension])
    return with_args(region, [tvm.tirx.BufferLoad(load.buffer, indices), *list(region.args)[1:]])


def loop_extent(number: int, change: Callable[[int], int]) -> Edit:
    """Change the trip count of the n-th serial loop."""

    def edit(body: Any) -> Any:
        import tvm

        count = [-1]

        def choose(node: Any) -> Any:
            if int(node.kind) != 0:
                return None
            count[0] += 1
            if count[0] != number:
                return None
            extent = tvm.tirx.IntImm("int32", change(int(node.extent)))
            return tvm.tirx.For(node.loop_var, node.min, extent, node.kind, node.body, None, node.annotations)

        return rewrite(["For"], choose)(body)

    return edit


def swap(first: str, second: str) -> Edit:
    """Exchange two neighbouring statements of the sequence that has a call of each."""

    def edit(body: Any) -> Any:
        import tvm

        def choose(node: Any) -> Any:
            parts = list(node.seq)
            at = [next((i for i, p in enumerate(parts) if _holds(p, n)), -1) for n in (first, second)]
            if min(at) < 0 or abs(at[0] - at[1]) != 1:
                return None
            parts[at[0]], parts[at[1]] = parts[at[1]], parts[at[0]]
            return tvm.tirx.SeqStmt(parts)

        return rewrite(["SeqStmt"], choose)(body)

    return edit


def _holds(node: Any, name: str) -> bool:
    from tvm.tirx import stmt_functor

    found: list[Any] = []
    stmt_functor.post_order_visit(node, lambda n: found.append(n) if _is_call(n, name) else None)
    return bool(found)


def barrier_counts(change: Callable[[list[int]], list[int]]) -> Edit:
    """Change the arrival counts that a block annotation gives its barriers."""

    def edit(body: Any) -> Any:
        import tvm

        def choose(node: Any) -> Any:
            notes = dict(node.annotations.items())
            if "barrier_init" not in {str(k) for k in notes}:
                return None
            counts = {
                var: [tvm.tirx.IntImm("int32", c) for c in change([int(x) for x in values])]
                for var, values in node.annotations["barrier_init"].items()
            }
            notes = {**{str(k): v for k, v in notes.items()}, "barrier_init": counts}
            return tvm.tirx.SBlock(
                list(node.iter_vars),
                list(node.reads),
                list(node.writes),
                node.name_hint,
                node.body,
                node.init,
                list(node.alloc_buffers),
                list(node.match_buffers),
                notes,
            )

        return rewrite(["SBlock"], choose)(body)

    return edit


def condition(number: int, change: Callable[[Any], Any]) -> Edit:
    """Change the condition of the n-th `if`, in program order of their ends."""

    def edit(body: Any) -> Any:
        import tvm

        count = [-1]

        def choose(node: Any) -> Any:
            count[0] += 1
            if count[0] != number:
                return None
            return tvm.tirx.IfThenElse(change(node.condition), node.then_case, node.else_case)

        return rewrite(["IfThenElse"], choose)(body)

    return edit


def store_index(buffer: str, change: Callable[[Any], Any], number: int = 0) -> Edit:
    """Change the last index of the n-th store to a buffer."""

    def edit(body: Any) -> Any:
        import tvm

        count = [-1]

        def choose(node: Any) -> Any:
            if not str(node.buffer.name).startswith(buffer):
                return None
            count[0] += 1
            if count[0] != number:
                return None
            indices = list(node.indices)
            indices[-1] = change(indices[-1])
            return tvm.tirx.BufferStore(node.buffer, node.value, indices)

        return rewrite(["BufferStore"], choose)(body)

    return edit


def both(*edits: Edit) -> Edit:
    """One edit after another."""

    def edit(body: Any) -> Any:
        for one in edits:
            body = one(body)
        return body

    return edit


def first_that_applies(*edits: Edit) -> Edit:
    """The first edit whose statement occurs: lanes spell one thing differently."""

    def edit(body: Any) -> Any:
        for one in edits[:-1]:
            try:
                return one(body)
            except NotThere:
                continue
        return edits[-1](body)

    return edit
