"""Real lowerings with one pass changed: for each change of `CHANGES` it is known which pass makes it.

A change rewrites what upstream's own pass leaves, inside upstream's own pipeline, so everything downstream of it is
what the real passes make of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tl_passlab import lanes
from tl_passlab.capture import Recorder
from tl_passlab.cases import load_case
from tl_passlab.events import Event, display_name, trace_from_events
from tl_passlab.model import Target, Trace
from tl_passlab.normalise.source import normalise_source

Rewrite = Callable[[Any], Any]


@dataclass(frozen=True)
class Change:
    """The pass that behaves differently, and what is done to its output."""

    pass_name: str
    rewrite: Rewrite


def lower_with(
    name: str, target: Target, changes: tuple[Change, ...], configs: Mapping[str, Any] | None = None
) -> Trace:
    """The lowering of a case with changed passes. Raises what the lowering raises."""
    from tl_passlab.compat import lowering, passes

    case = load_case(name)
    settings = {**case.pass_configs, **(configs or {})}
    events: list[Event] = []
    lane = lanes.running_lane()[0].tilelang
    events.append({"event": "start", "case": name, "target": target.spec, "lane": lane, "sizes": dict(case.info.sizes)})
    recorder = Recorder(events.append)

    def hook(qualified: str, run: Callable[[Any], Any], mod: Any) -> Any:
        plain = _plain(qualified)
        recorder.before(mod, plain)
        after = run(mod)
        for change in changes:
            if change.pass_name == plain:
                after = _on_functions(after, change.rewrite)
        recorder.after(after, plain)
        return after

    with lowering.pass_context(target, settings):
        func = case.build(**case.info.sizes)
    with passes.hooked(hook):
        lowered = lowering.lower(func, target, settings)
    source = normalise_source(lowered.source)
    events.append({"event": "done", "source": source, "extension": target.extension, "launches": [], "ms": 0})
    return trace_from_events(events)


def _plain(qualified: str) -> str:
    head, _, tail = display_name(qualified).rpartition(".")
    return head if head and tail.isdigit() else display_name(qualified)


def _on_functions(mod: Any, rewrite: Rewrite) -> Any:
    import tvm

    changed = {}
    for var, func in mod.functions.items():
        changed[var] = func.with_body(rewrite(func.body)) if hasattr(func, "body") else func
    return tvm.IRModule(changed, attrs=mod.attrs)


def _post(kinds: list[str], visit: Callable[[Any], Any]) -> Rewrite:
    def rewrite(body: Any) -> Any:
        from tvm.tirx.stmt_functor import ir_transform

        return ir_transform(body, None, visit, kinds)

    return rewrite


def _is_call(node: Any, name: str) -> bool:
    value = getattr(node, "value", None)
    return str(getattr(getattr(value, "op", None), "name", "")).endswith(name)


def _drop_barriers(seq: Any) -> Any:
    """Takes the block-wide barriers out of a sequence of statements."""
    import tvm

    kept = [s for s in seq.seq if not _is_call(s, "tvm_storage_sync")]
    if not kept or len(kept) == len(seq.seq):
        return None
    return tvm.tirx.SeqStmt(kept) if len(kept) > 1 else kept[0]


def _double_barriers(seq: Any) -> Any:
    import tvm

    found = [s for x in seq.seq for s in ([x, x] if _is_call(x, "tvm_storage_sync") else [x])]
    return tvm.tirx.SeqStmt(found) if len(found) > len(seq.seq) else None


def _next_version(node: Any) -> Any:
    """`k % 3` -> `(k + 1) % 3`."""
    import tvm

    if not isinstance(node.b, tvm.tirx.IntImm) or node.b.value not in (2, 3, 4):
        return None
    return tvm.tirx.FloorMod(node.a + 1, node.b)


def _wait_for_less(node: Any) -> Any:
    import tvm

    if not str(getattr(node.op, "name", "")).endswith("ptx_wait_group"):
        return None
    return tvm.tirx.Call(node.dtype, node.op, [tvm.tirx.IntImm("int32", int(node.args[0]) + 1)])


def _mark_loops(node: Any) -> Any:
    import tvm

    notes = {**dict(node.annotations), "pragma_seen": 1}
    return tvm.tirx.For(node.loop_var, node.min, node.extent, node.kind, node.body, node.thread_binding, notes)


def _unrolled(node: Any) -> Any:
    import tvm

    if node.kind != tvm.tirx.ForKind.SERIAL:
        return None
    kind = tvm.tirx.ForKind.UNROLLED
    return tvm.tirx.For(node.loop_var, node.min, node.extent, kind, node.body, node.thread_binding, node.annotations)


def _other_swizzle(node: Any) -> Any:
    """Rotates the columns of every shared layout by 8: another map of the same shape."""
    import tvm
    from tilelang.layout import Layout

    layouts = node.annotations.get("layout_map")
    if layouts is None:
        return None
    found = {}
    for buffer, layout in layouts.items():
        found[buffer] = layout
        if str(buffer.scope()).startswith("shared") and type(layout).__name__ == "Layout":
            width = int(layout.get_output_shape()[-1])
            if width % 16 or width < 16:
                continue

            def mapped(*indices: Any, layout: Any = layout, width: int = width) -> list[Any]:
                index = list(layout.map_forward_index(list(indices)))
                return [*index[:-1], tvm.tirx.FloorMod(index[-1] + 8, width)]

            found[buffer] = Layout(list(layout.get_input_shape()), mapped)
    notes = {**dict(node.annotations), "layout_map": found}
    return _with_annotations(node, notes)


def _with_annotations(node: Any, notes: dict[str, Any]) -> Any:

    kind = type(node)
    return kind(
        node.iter_vars,
        node.reads,
        node.writes,
        node.name_hint,
        node.body,
        node.init,
        node.alloc_buffers,
        node.match_buffers,
        notes,
    )


CHANGES = {
    "barrier": Change("ThreadSync", _post(["tirx.SeqStmt"], _drop_barriers)),
    "barriers": Change("ThreadSync", _post(["tirx.SeqStmt"], _double_barriers)),
    "version": Change("InjectSoftwarePipeline", _post(["tirx.FloorMod"], _next_version)),
    "wait": Change("InjectSoftwarePipeline", _post(["tirx.Call"], _wait_for_less)),
    "note": Change("LowerTileOp", _post(["tirx.For"], _mark_loops)),
    "unroll": Change("LowerTileOp", _post(["tirx.For"], _unrolled)),
    "swizzle": Change("LayoutInference", _post(["tirx.SBlock"], _other_swizzle)),
}
