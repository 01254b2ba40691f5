"""Products into tensor memory at tile level: clean IR has no finding, and a missing or weak wait is noticed."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import tilelang.language as T

from tests.interp.mutation.edit import Edit, argument, in_module, loop_extent, remove
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds


def product(K=128, stages=0):
    @T.prim_func
    def main(A: T.Tensor((128, K), "bfloat16"), B: T.Tensor((64, K), "bfloat16"), C: T.Tensor((128, 64), "float32")):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((128, 32), "bfloat16")
            B_shared = T.alloc_shared((64, 32), "bfloat16")
            C_tmem = T.alloc_tmem([128, 64], "float32")
            done = T.alloc_barrier(1)
            C_local = T.alloc_fragment((128, 64), "float32")
            for k in T.Pipelined(K // 32, num_stages=stages):
                T.copy(A[0, k * 32], A_shared)
                T.copy(B[0, k * 32], B_shared)
                T.tcgen05_gemm(A_shared, B_shared, C_tmem, transpose_B=True, mbar=done, clear_accum=k == 0)
                T.mbarrier_wait_parity(done, k % 2)
            T.copy(C_tmem, C_local)
            T.copy(C_local, C)

    return main


@pytest.fixture(scope="module")
def blackwell() -> Base:
    return Base("", "cuda:sm_100a", func=product())


def test_every_tile_boundary_is_clean_and_right(blackwell: Base) -> None:
    oracle, values = blackwell.judge.oracle, blackwell.arguments.values
    assert oracle is not None
    assert (oracle["C"] == values["A"].astype("float32") @ values["B"].astype("float32").T).all()
    tiles = [stage for stage in blackwell.pipeline.distinct() if stage.level.tile]
    assert len(tiles) >= 3
    for stage in tiles:
        result = blackwell.judge.judge(stage)
        assert result.ok, (stage.name, result.verdict, result.detail, result.findings)


DEFECTS: list[Any] = [
    pytest.param({}, "ProducerConsumerWarpSpecialized", "tma_copy", id="released-before-the-wait"),
    pytest.param(
        {"tl.disable_warp_specialized": True}, "InjectSoftwarePipeline", "T.copy", id="copied-before-the-wait"
    ),
]


@pytest.mark.parametrize(("configs", "guilty", "overwrites"), DEFECTS)
def test_pipelines_overwrite_the_operands_of_a_running_product(
    configs: dict[str, Any], guilty: str, overwrites: str
) -> None:
    of = Base("", "cuda:sm_100a", func=product(stages=1), configs=configs)
    first = next(r for stage in of.pipeline.distinct() if (r := of.judge.judge(stage)).failed)
    assert first.name == guilty
    races = [f for f in first.findings if f.kind == "race"]
    assert races and all("tcgen05_gemm" in f.statements[0] and overwrites in f.statements[1] for f in races)


WAIT, GEMM = "tl.mbarrier_wait_parity", "tl.tileop.tcgen05_gemm"
MUTANTS: list[Any] = [
    pytest.param(remove(WAIT), {"race", "leak"}, id="no-wait"),
    pytest.param(argument(WAIT, 1, lambda p: 1 - p), {"deadlock", "race"}, id="other-parity"),
    pytest.param(argument(WAIT, 1, lambda p: 0), {"deadlock", "race"}, id="constant-parity"),
    pytest.param(remove(GEMM), {"deadlock"}, id="no-product"),
    pytest.param(argument(GEMM, 9, lambda clear: 1), {"differs"}, id="always-cleared"),
    pytest.param(loop_extent(0, lambda n: n - 1), {"differs"}, id="one-step-short"),
]


@pytest.mark.parametrize(("edit", "noticed"), MUTANTS)
def test_broken_product_is_noticed(blackwell: Base, edit: Edit, noticed: set[str]) -> None:
    stage = blackwell.pipeline.stages[0]
    found = kinds(blackwell.judge.judge(replace(stage, module=in_module(stage.module, edit))))
    assert found & noticed, f"expected one of {noticed}, found {found or 'nothing'}"
