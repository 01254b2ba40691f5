"""What upstream itself says of a tile operator: its InstructionAnnotation, where a lane has it, and its GEMM
selector."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

import tvm

from tl_passlab.compat import lowering, passes
from tl_passlab.model import Target
from tl_passlab.passes.own import marks
from tl_passlab.passes.own.instruction_annotation import KIND
from tl_passlab.passes.own.walk import bodies, nodes

_SELECT = "tl.GemmGetGemmInstructionKey"
_SELECTORS = {
    **dict.fromkeys(("gemm", "wgmma_gemm", "tcgen05_gemm"), _SELECT),
    "gemm_sp": "tl.GemmSPGetGemmInstructionKey",
}


@dataclass
class UpstreamSays:
    """By number of the operator: the annotated kind, and the key that the GEMM selector returns."""

    target: Target
    annotated: dict[int, str] = field(default_factory=dict)
    selected: dict[int, str] = field(default_factory=dict)

    def look(self, mod: Any) -> None:
        """Ask about every tile call of a module that is marked and has its target bound."""
        threads = _threads(mod)
        for call in _tile_calls(mod):
            key = _selected(call, threads, self.target)
            if key:
                self.selected[marks.mark_of(call)] = key
        annotate = passes.standalone("InstructionAnnotation")
        if annotate is None or self.target.kind != "cuda":
            return
        for call in _tile_calls(annotate(mod)):
            kind = call.annotations.get(KIND)
            if kind is not None:
                self.annotated[marks.mark_of(call)] = str(getattr(kind, "value", kind))


def _tile_calls(mod: Any) -> list[Any]:
    found = (node for body in bodies(mod) for node in nodes(body) if marks.operator_name(node))
    return [call for call in found if marks.mark_of(call) >= 0]


def _threads(mod: Any) -> int:
    """The extent of threadIdx.x."""
    for body in bodies(mod):
        for node in nodes(body):
            if isinstance(node, tvm.tirx.AttrStmt) and node.attr_key == "thread_extent":
                extent = getattr(node.value, "value", None)
                if node.node.thread_tag == "threadIdx.x" and extent is not None:
                    return int(extent)
    return 0


def _selected(call: Any, threads: int, target: Target) -> str:
    """Upstream's instruction key of a matrix product; empty for other operators and where it has no opinion."""
    name = _SELECTORS.get(marks.operator_name(call))
    if name is None or not threads:
        return ""
    build = call.op.get_attr("TLOpBuilder")
    select = tvm.ffi.get_global_func(name, allow_missing=True)
    if build is None or select is None:
        return ""
    # The selector raises where a product cannot be lowered at all; the lowering will say so.
    with contextlib.suppress(Exception):
        return str(select(build(call.args, call.annotations), threads, lowering.tvm_target(target)))
    return ""
