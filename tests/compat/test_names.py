"""Upstream's anonymous Python passes get their factory's name, for as long as it is asked for."""

from __future__ import annotations

from typing import Any

from tests.lowering import trace_of


def HoistEverything() -> Any:
    import tvm

    @tvm.tirx.transform.prim_func_pass(opt_level=0)
    def pass_fn(func: Any, mod: Any, ctx: Any) -> Any:
        return func

    return pass_fn


def test_anonymous_pass_takes_the_name_of_its_factory() -> None:
    from tl_passlab.compat.names import named_python_passes

    with named_python_passes():
        assert HoistEverything().info.name == "HoistEverything"
    assert HoistEverything().info.name == "pass_fn"


def test_no_boundary_of_a_real_lowering_is_anonymous() -> None:
    from tl_passlab.compat.names import ANONYMOUS

    names = {b.pass_name for b in trace_of("pipeline/gemm_pipelined", "cuda:sm_90a").boundaries}
    assert names.isdisjoint(ANONYMOUS)
