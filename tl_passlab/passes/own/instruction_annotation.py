"""InstructionAnnotation, ours: annotates each tile operator with the instruction that it really becomes.

Upstream's pass of that name predicted, and was wrong wherever a later pass decides (a plain copy was `sync` and became
TMA). This one lets upstream's pipeline lower the module and reads off what came out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tvm
from tvm.tirx import stmt_functor

from tl_passlab.model import Target
from tl_passlab.passes.own import marks
from tl_passlab.passes.own.emitted import Emitted
from tl_passlab.passes.own.follow import follow_module
from tl_passlab.passes.own.instruction_kinds import kind_of
from tl_passlab.passes.own.sites import MARK, Site

KIND = "tl_instruction_kind"
INSTRUCTIONS = "tl_instructions"


def annotate(mod: Any, target: Target, configs: Mapping[str, Any]) -> Any:
    """The module with `tl_instruction_kind` and `tl_instructions` on every tile call; nothing else is changed."""
    sites: list[Site] = []
    functions = {
        name: marks.mark_rest(func, sites) if hasattr(func, "body") else func for name, func in mod.functions.items()
    }
    marked = tvm.IRModule(functions, attrs=mod.attrs)
    # A copy goes down the pipeline: upstream's passes rename variables in place, and the caller's module has them too.
    followed = follow_module(tvm.ir.load_json(tvm.ir.save_json(marked)), target, configs)

    def visit(statement: Any) -> Any:
        if isinstance(statement, tvm.tirx.For):
            return marks.unmarked_loop(statement)
        call = statement.value
        if not marks.operator_name(call):
            return None
        emitted = followed.emitted.get(marks.mark_of(call), Emitted())
        said = {KIND: emitted_kind(marks.operator_name(call), emitted), INSTRUCTIONS: summary(emitted)}
        values = {key: tvm.tirx.StringImm(text) for key, text in said.items() if text}
        return tvm.tirx.Evaluate(marks.with_annotations(call, drop=MARK, **values))

    return marks.map_bodies(marked, lambda b: stmt_functor.ir_transform(b, None, visit, ["tirx.Evaluate", "tirx.For"]))


def emitted_kind(operator: str, emitted: Emitted) -> str:
    """The kind of instruction of what was emitted for an operator."""
    lanes = max((access.lanes for access in emitted.accesses), default=None)
    return kind_of(operator, emitted.instructions(), lanes)


def summary(emitted: Emitted) -> str:
    """`2 tma_load`, or the widths of the stores where there is no instruction."""
    instructions = emitted.instructions()
    if instructions:
        return ", ".join(f"{count} {name}" for name, count in instructions.items())
    widths = sorted({(a.lanes, a.dtype, a.scope) for a in emitted.accesses}, reverse=True)
    return ", ".join(f"{dtype} to {scope}" for _, dtype, scope in widths)
