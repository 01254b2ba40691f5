"""A value that a loop carries in a register whose allocation upstream moves into the loop for some passes."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import tilelang.language as T

from tests.interp.mutation.edit import Edit, condition, in_module, nothing, rewrite
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds

SUNK = "PlanAndUpdateBufferAllocationLocation"


def carried():
    @T.prim_func
    def main(A: T.Tensor((128,), "int32"), B: T.Tensor((32,), "int32")):
        with T.Kernel(1, threads=32) as _:
            tx = T.get_thread_binding()
            part = T.alloc_local((1,), "int32")
            for k in T.serial(4):
                if k == 0:
                    part[0] = A[tx]
                else:
                    part[0] = part[0] + A[k * 32 + tx]
                if k == 3:
                    B[tx] = part[0]

    return main


@pytest.fixture(scope="module")
def sums() -> Base:
    return Base("", "cuda:sm_80", func=carried())


def test_register_keeps_its_value_when_its_scope_is_entered_again(sums: Base) -> None:
    text = str(sums.stage(SUNK).module)
    assert text.index("in range(4)") < text.index('scope="local"'), "the allocation is not moved into the loop"
    for stage in sums.pipeline.distinct():
        result = sums.judge.judge(stage)
        assert result.ok and not result.findings, (stage.name, result.verdict, result.findings)


def _first_store(node: Any) -> Any:
    return nothing() if str(node.buffer.name) == "part" and "part" not in str(node.value) else None


MUTANTS: list[Any] = [
    pytest.param(rewrite(["BufferStore"], _first_store), id="never-initialised"),
    pytest.param(condition(0, lambda test: test.a == 1), id="initialised-late"),
]


@pytest.mark.parametrize("edit", MUTANTS)
def test_register_that_is_read_before_it_is_written_is_noticed(sums: Base, edit: Edit) -> None:
    stage = sums.stage(SUNK)
    result = sums.judge.judge(replace(stage, module=in_module(stage.module, edit)))
    assert kinds(result) == {"differs"} and "unwritten-register" in {f.kind for f in result.findings}
