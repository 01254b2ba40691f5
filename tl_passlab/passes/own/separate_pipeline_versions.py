"""SeparatePipelineVersions: gives every pipelined loop with a number of stages of its own its own shared buffers.

Upstream gives a shared buffer as many versions as the pipelined loop around it has stages. Where two loops with
different numbers of stages share one, it becomes two buffers of different shape over one allocation, of which
LayoutInference knows one layout: it stops at `InputShape() = (2, 64, 64) shape = (3, 64, 64)` (upstream 2309). This
pass
runs before the versions are made and keeps apart what never had to be shared: a loop that overwrites all of a buffer
before it reads it takes nothing over from the loop before. Where a loop does read what another left, no repair keeps
the meaning, and the kernel is rejected with the buffer, the loops and what to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import tvm
from tvm.tirx import stmt_functor

from tl_passlab.errors import FindingError
from tl_passlab.model import Target
from tl_passlab.passes.own import marks
from tl_passlab.passes.own.walk import nodes

STAGES = "num_stages"


@dataclass
class Use:
    """A shared buffer and the pipelined loops that use it, by their number of stages."""

    buffer: Any
    loops: dict[int, list[Any]] = field(default_factory=dict)


def separate(mod: Any, target: Target, configs: Mapping[str, Any]) -> Any:
    """The module with the buffers separated. Raises FindingError where a value crosses from loop to loop."""
    del target, configs
    return marks.map_bodies(mod, _separate_body)


def _separate_body(body: Any) -> Any:
    shared = [use for use in _uses(body) if len(use.loops) > 1]
    if not shared:
        return body
    clones: dict[int, list[tuple[Any, Any]]] = {}
    for use in shared:
        _reject_if_shared_on_purpose(body, use)
        # The loop with the fewest stages keeps the buffer; the others get one of their own.
        for stages in sorted(use.loops)[1:]:
            clones.setdefault(stages, []).append((use.buffer, _clone(use.buffer, stages)))

    def rewrite(node: Any) -> Any:
        if isinstance(node, tvm.tirx.For):
            return _with_buffers(node, clones[stages]) if (stages := _stages(node)) in clones else None
        return _with_allocations(node, [pair for pairs in clones.values() for pair in pairs])

    return stmt_functor.ir_transform(body, None, rewrite, ["tirx.For", "tirx.SBlock"])


def _stages(loop: Any) -> int:
    value = loop.annotations.get(STAGES)
    return 0 if value is None else int(value)


def _uses(body: Any) -> list[Use]:
    """Each shared buffer with the pipelined loops that use it."""
    found: dict[Any, Use] = {}
    for loop in nodes(body):
        if isinstance(loop, tvm.tirx.For) and _stages(loop):
            for buffer in _accessed(loop.body):
                use = found.setdefault(buffer.data, Use(buffer))
                use.loops.setdefault(_stages(loop), []).append(loop)
    return list(found.values())


def _accessed(root: Any) -> list[Any]:
    """The shared buffers accessed below a statement, each once."""
    loads = (n.buffer for n in nodes(root) if isinstance(n, (tvm.tirx.BufferLoad, tvm.tirx.BufferStore)))
    return list({b.data: b for b in loads if b.scope().startswith("shared")}.values())


def _reject_if_shared_on_purpose(body: Any, use: Use) -> None:
    """Raise FindingError unless every loop writes all of the buffer before it reads it, and nothing else uses it."""
    inside = sum(_count(loop, use.buffer) for loops in use.loops.values() for loop in loops)
    if _count(body, use.buffer) != inside:
        raise _rejected(use, "it is used outside of the pipelined loops too")
    for stages, loops in use.loops.items():
        if not all(_overwritten_first(loop.body, use.buffer) for loop in loops):
            raise _rejected(use, f"the loop with {stages} stages reads it before it overwrites all of it")


def _count(root: Any, buffer: Any) -> int:
    accesses = (n for n in nodes(root) if isinstance(n, (tvm.tirx.BufferLoad, tvm.tirx.BufferStore)))
    return sum(n.buffer.data.same_as(buffer.data) for n in accesses)


def _overwritten_first(body: Any, buffer: Any) -> bool:
    """Whether the first statement that touches the buffer is a tile operator that writes all of it."""
    for node in nodes(body):
        if isinstance(node, (tvm.tirx.IfThenElse, tvm.tirx.While)) and _count(node, buffer):
            return False
        if isinstance(node, (tvm.tirx.BufferStore, tvm.tirx.Bind)) and _count(node, buffer):
            return False
        if isinstance(node, tvm.tirx.Evaluate) and _count(node, buffer):
            return marks.operator_name(node.value) in ("copy", "fill") and _writes_all(node.value, buffer)
    return False


def _writes_all(call: Any, buffer: Any) -> bool:
    """Whether a tile call's only access to the buffer is a region that is written and is all of it."""
    found = [a for a in call.args if isinstance(a, tvm.tirx.Call) and _count(a, buffer)]
    if len(found) != 1 or len(found[0].args) < 3:
        return False
    load, access, *extents = found[0].args
    whole = [str(extent) for extent in extents] == [str(extent) for extent in buffer.shape]
    return int(access) == 2 and whole and all(str(index) == "0" for index in load.indices)


def _rejected(use: Use, why: str) -> FindingError:
    stages = " and ".join(map(str, sorted(use.loops)))
    return FindingError(
        "SeparatePipelineVersions",
        str(use.buffer.name),
        f"pipelined loops with {stages} stages share it, and {why}",
        evidence="upstream gives one buffer one number of versions; LayoutInference would stop at the second",
        next_command="give both loops the same num_stages, or each a buffer of its own",
    )


def _clone(buffer: Any, stages: int) -> Any:
    return tvm.tirx.decl_buffer(
        buffer.shape,
        buffer.dtype,
        name=f"{buffer.name}_{stages}_stages",
        scope=buffer.scope(),
        data_alignment=buffer.data_alignment,
    )


def _with_buffers(loop: Any, pairs: list[tuple[Any, Any]]) -> Any:
    """The loop over the clones instead of the buffers."""
    fresh = {old.data: new for old, new in pairs}

    def swap(node: Any) -> Any:
        new = fresh.get(node.buffer.data)
        if new is None:
            return None
        if isinstance(node, tvm.tirx.BufferLoad):
            return tvm.tirx.BufferLoad(new, node.indices, node.predicate)
        return tvm.tirx.BufferStore(new, node.value, node.indices, node.predicate)

    return stmt_functor.ir_transform(loop, None, swap, ["tirx.BufferLoad", "tirx.BufferStore"])


def _with_allocations(block: Any, pairs: list[tuple[Any, Any]]) -> Any:
    """The block that allocates the buffers, with the clones beside them, under the layouts the user gave."""
    mine = [(old, new) for old, new in pairs if any(old.data.same_as(b.data) for b in block.alloc_buffers)]
    if not mine:
        return None
    annotations = dict(block.annotations)
    if "layout_map" in annotations:
        layouts = dict(annotations["layout_map"].items())
        extra = {new.data: layout for old, new in mine for var, layout in layouts.items() if var.same_as(old.data)}
        annotations["layout_map"] = {**layouts, **extra}
    return tvm.tirx.SBlock(
        block.iter_vars,
        block.reads,
        block.writes,
        block.name_hint,
        block.body,
        block.init,
        [*block.alloc_buffers, *(new for _, new in mine)],
        block.match_buffers,
        annotations,
    )
