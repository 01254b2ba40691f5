"""Watching and stopping a lowering at a pass, and passes that no pipeline runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lowering import LANE, trace_of
from tl_passlab.cases import load_case
from tl_passlab.normalise.tir import normalise_tir
from tl_passlab.targets import parse_target

SM_80 = parse_target("cuda:sm_80")


def kernel() -> Any:
    case = load_case("elementwise/add")
    return case.build(**case.info.sizes)


def test_hook_sees_every_pass_of_depth_0_once_and_in_order() -> None:
    from tl_passlab.compat import lowering, passes

    seen: list[str] = []

    def note(name: str, run: Any, mod: Any) -> Any:
        seen.append(name)
        return run(mod)

    with passes.hooked(note):
        lowering.lower(kernel(), SM_80, {})
    assert seen == [b.name for b in trace_of("elementwise/add", "cuda:sm_80").pipeline()]


def test_hook_is_gone_after_an_error() -> None:
    from tvm.ir.transform import Pass

    from tl_passlab.compat import passes

    call = Pass.__call__
    with pytest.raises(RuntimeError, match="enough"), passes.hooked(lambda name, run, mod: mod):
        raise RuntimeError("enough")
    assert Pass.__call__ is call


def test_module_before_is_what_the_pipeline_hands_over() -> None:
    from tl_passlab.compat import passes
    from tl_passlab.compat.printer import print_module

    module = passes.module_before(kernel(), SM_80, {}, "LowerTileOp")
    assert normalise_tir(print_module(module)) == trace_of("elementwise/add", "cuda:sm_80").before("LowerTileOp")


def test_module_before_a_pass_that_never_runs_is_none() -> None:
    from tl_passlab.compat import passes

    assert passes.module_before(kernel(), SM_80, {}, "MetalFragmentToSimdgroup") is None


def test_standalone_finds_passes_by_name_on_their_lane() -> None:
    from tl_passlab.compat import passes

    assert passes.standalone("NoSuchPass") is None
    assert (passes.standalone("InstructionAnnotation") is not None) == (LANE.tilelang in ("0.1.10", "0.1.11"))
    assert passes.standalone("LetInline") is not None


def test_bind_target_leaves_a_bound_module_alone() -> None:
    from tl_passlab.compat import passes

    bound = passes.bind_target(passes.as_module(kernel()), SM_80)
    assert "sm_80" in str(bound["main"].attrs["target"])
    assert passes.bind_target(bound, parse_target("metal")) is bound


def test_pipeline_of_a_target_whose_code_generator_fails_is_whole() -> None:
    """C on 0.1.11 cannot print the probe kernel; its passes can still be run one by one."""
    from tl_passlab.compat import passes
    from tl_passlab.passes.pipelines import observed_pipeline

    target = parse_target("c")
    assert list(passes.pipeline(target)) == observed_pipeline(LANE.tilelang, target)
