"""Global memory that a kernel allocates for itself: one for all blocks, and nobody has written it before."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tilelang.language as T

from tests.interp.mutation.edit import Edit, in_module, remove, store_index
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds


def by_way_of_scratch(n=4):
    """Every block leaves a row, and reads the next block's."""

    @T.prim_func
    def main(A: T.Tensor((n, 32), "float32"), B: T.Tensor((n, 32), "float32")):
        with T.Kernel(n, threads=32) as bx:
            S = T.alloc_global((n, 32), "float32")
            for i in T.Parallel(32):
                S[bx, i] = A[bx, i] + 1.0
            T.sync_grid()
            for i in T.Parallel(32):
                B[bx, i] = S[(bx + 1) % n, i]

    return main


@pytest.fixture(scope="module")
def exchange() -> Base:
    return Base("", "cuda:sm_80", func=by_way_of_scratch())


def test_all_blocks_share_it(exchange: Base) -> None:
    oracle = exchange.judge.oracle
    assert oracle is not None
    assert (oracle["B"] == np.roll(exchange.arguments.values["A"], -1, axis=0) + 1).all()
    hoisted = exchange.stage("HoistGlobalBufferAllocations").index
    names = [stage.name for stage in exchange.pipeline.distinct() if stage.index >= hoisted]
    assert "LowerOpaqueBlock" in names
    for stage in exchange.pipeline.distinct():
        result = exchange.judge.judge(stage)
        assert result.verdict in ("exact", "host") and not result.findings, (stage.name, result.detail, result.findings)


EDITS: list[Any] = [
    pytest.param(remove("tl.sync_grid"), id="no-barrier"),
    pytest.param(store_index("S", lambda i: i * 0), id="rows-not-stored"),
]


@pytest.mark.parametrize("after", ["input", "LowerOpaqueBlock", "last"])
@pytest.mark.parametrize("edit", EDITS)
def test_what_no_block_wrote_is_uninitialised(exchange: Base, edit: Edit, after: str) -> None:
    stage = exchange.pipeline.stages[0] if after == "input" else exchange.stage(after)
    assert "uninitialised" in kinds(exchange.judge.judge(replace(stage, module=in_module(stage.module, edit))))
