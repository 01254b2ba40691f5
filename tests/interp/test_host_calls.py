"""The host calls another function of its module and uses what it returns, as on the target `c` after the split."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import tilelang.language as T

from tests.interp.mutation.edit import Edit, as_expr, in_module, nothing, on_call, rewrite
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds
from tests.lowering import LANE

pytestmark = pytest.mark.skipif(LANE.tilelang == "0.1.11", reason="this lane has no code generator for C")
CALLED = "LowerDeviceKernelLaunch"


def difference(n=5):
    @T.prim_func
    def main(A: T.Tensor((n,), "int32"), B: T.Tensor((n,), "int32"), C: T.Tensor((n,), "int32")):
        with T.Kernel(T.ceildiv(n, 4), threads=1) as bx:
            for i in T.serial(4):
                if bx * 4 + i < n:
                    C[bx * 4 + i] = A[bx * 4 + i] - B[bx * 4 + i]

    return main


def on_module_call(change: Any) -> Edit:
    """Change the call of another function."""
    return rewrite(["Call"], lambda node: change(node) if type(node.op).__name__ == "GlobalVar" else None)


def with_arguments(change: Any) -> Edit:
    def apply(call: Any) -> Any:
        import tvm

        return tvm.tirx.Call(str(call.dtype), call.op, change(list(call.args)))

    return on_module_call(apply)


def returning(value: int) -> Edit:
    """Every function returns a number, or nothing."""

    def apply(node: Any) -> Any:
        import tvm

        call = node.value
        return tvm.tirx.Evaluate(tvm.tirx.Call(str(call.dtype), call.op, [as_expr(value, call.args[0])]))

    return on_call("tirx.ret", None, apply)


@pytest.fixture(scope="module")
def on_cpu() -> Base:
    return Base("", "c", func=difference())


def test_boundaries_after_the_split_are_executed(on_cpu: Base) -> None:
    results = {stage.name: on_cpu.judge.judge(stage) for stage in on_cpu.pipeline.distinct()}
    assert {r.verdict for r in results.values()} == {"exact", "host"}
    assert results["MakePackedAPI"].verdict == results["tirx.Filter.2"].verdict == "exact"


MUTANTS: list[Any] = [
    pytest.param(with_arguments(lambda args: [args[1], args[0], args[2]]), {"differs"}, id="swapped-arguments"),
    pytest.param(with_arguments(lambda args: args[:2]), {"malformed"}, id="too-few-arguments"),
    pytest.param(on_module_call(lambda call: as_expr(0, call)), {"differs"}, id="not-called"),
    pytest.param(returning(1), {"assertion"}, id="another-result"),
    pytest.param(on_call("tirx.ret", None, lambda node: nothing()), {"malformed"}, id="no-result"),
    pytest.param(rewrite(["BufferStore"], lambda node: nothing()), {"differs"}, id="nothing-stored"),
]


@pytest.mark.parametrize(("edit", "noticed"), MUTANTS)
def test_broken_call_is_noticed(on_cpu: Base, edit: Edit, noticed: set[str]) -> None:
    stage = on_cpu.stage(CALLED)
    assert on_cpu.judge.judge(stage).ok
    assert kinds(on_cpu.judge.judge(replace(stage, module=in_module(stage.module, edit)))) == noticed
