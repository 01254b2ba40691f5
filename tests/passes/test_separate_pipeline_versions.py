"""SeparatePipelineVersions: kernels that upstream stops at lower, and those that must share are rejected."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.lowering import trace_of
from tl_passlab.cases import load_case
from tl_passlab.errors import FindingError
from tl_passlab.passes import PASSES
from tl_passlab.targets import parse_target

NAME = "passlab.SeparatePipelineVersions"


def lowered_with(spec: str, change: Any) -> str:
    from tl_passlab.compat import lowering, passes

    case, target = load_case("reject/unequal_stages"), parse_target(spec)
    with lowering.pass_context(target, {}):
        func = case.build(**case.info.sizes)
    with passes.hooked(lambda name, run, mod: run(change(mod, target) if name == "Simplify" else mod)):
        return str(lowering.lower(func, target, {}).source)


@pytest.mark.parametrize("spec", ["cuda:sm_80", "cuda:sm_90a"])
def test_separate_pipeline_versions_repairs_what_upstream_stops_at(spec: str) -> None:
    assert trace_of("reject/unequal_stages", spec).failure is not None
    source = lowered_with(spec, lambda mod, target: PASSES[NAME].apply(mod, target))
    arena = re.findall(r"void\* (\w+) = .*buf_dyn_shmem", source)
    assert arena == ["A_shared", "A_shared_3_stages", "B_shared", "B_shared_3_stages"]


def test_separate_pipeline_versions_leaves_other_kernels_alone() -> None:
    from tl_passlab.compat import lowering, passes
    from tl_passlab.compat.printer import print_module

    case, target = load_case("pipeline/gemm_pipelined"), parse_target("cuda:sm_80")
    with lowering.pass_context(target, {}):
        func = case.build(**case.info.sizes)
    mod = passes.module_before(func, target, {}, "Simplify")
    assert mod is not None
    assert print_module(PASSES[NAME].apply(mod, target)) == print_module(mod)


def test_separate_pipeline_versions_rejects_a_value_that_crosses() -> None:
    """Without the copy of A in the second loop, that loop reads what the first one left."""
    import tvm
    from tvm.tirx import stmt_functor

    copies = 0

    def drop_third_copy(statement: Any) -> Any:
        nonlocal copies
        if str(getattr(statement.value.op, "name", "")) != "tl.tileop.copy":
            return None
        copies += 1
        return tvm.tirx.Evaluate(0) if copies == 3 else None

    def change(mod: Any, target: Any) -> Any:
        functions = {
            name: func.with_body(stmt_functor.ir_transform(func.body, None, drop_third_copy, ["tirx.Evaluate"]))
            for name, func in mod.functions.items()
        }
        return PASSES[NAME].apply(tvm.IRModule(functions), target)

    with pytest.raises(FindingError) as caught:
        lowered_with("cuda:sm_80", change)
    assert "pipelined loops with 2 and 3 stages share it" in caught.value.why
    assert "reads it before it overwrites" in caught.value.why
    assert caught.value.where == "A_shared"
    assert "num_stages" in caught.value.next_command
