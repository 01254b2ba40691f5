"""What no schedule may reorder: products on one accumulator. The first clears it, so their order shows in the value."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace

import pytest
import tilelang.language as T

from tests.interp.mutation.edit import argument, in_module
from tests.interp.mutation.kernels import Base
from tl_passlab.interp.schedule import chosen


def cleared_product():
    @T.prim_func
    def main(A: T.Tensor((64, 64), "float16"), B: T.Tensor((64, 64), "float16"), C: T.Tensor((64, 64), "float32")):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((64, 64), "float16")
            B_shared = T.alloc_shared((64, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.copy(A, A_shared)
            T.copy(B, B_shared)
            T.gemm(A_shared, B_shared, C_local, clear_accum=True)
            T.copy(C_local, C)

    return main


@pytest.fixture(scope="module")
def hopper() -> Base:
    of = Base("", "cuda:sm_90a", func=cleared_product())
    of.judge._schedules = chosen(6)
    return of


def test_products_on_one_accumulator_complete_in_order_under_every_schedule(hopper: Base) -> None:
    assert "ptx_wgmma_ss" in str(hopper.stage("LowerTileOp").module)
    result = hopper.clean("LowerTileOp")
    assert result.ok, (result.schedule, result.findings)


def test_product_that_adds_to_what_was_there_is_wrong(hopper: Base) -> None:
    stage = hopper.stage("LowerTileOp")
    keeps = in_module(stage.module, argument("tl.ptx_wgmma_ss", 12, lambda keep: 1))
    assert hopper.judge.judge(replace(stage, module=keeps)).failed
