"""An index below zero counts from the end until LegalizeNegativeIndex has run, and is out of bounds from then on."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tilelang.language as T

from tests.interp.mutation.edit import in_module, rewrite
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds
from tl_passlab.interp import from_end

PASS = "LegalizeNegativeIndex"


def last_rows():
    """Reads the last rows of A by a copy and by elements, writes B from its end, by way of shared memory."""

    @T.prim_func
    def main(A: T.Tensor((128, 64), "float32"), B: T.Tensor((96, 64), "float32")):
        with T.Kernel(1, threads=64) as _:
            tile = T.alloc_shared((32, 64), "float32")
            T.copy(A[-32, 0], tile)
            for i, j in T.Parallel(32, 64):
                B[-1 - i, j] = tile[i, -64 + j]
            for i, j in T.Parallel(32, 64):
                B[i - 64, j] = A[0, -1 - j]
            for i, j in T.Parallel(32, 64):
                B[i, j] = A[i - 32, j]

    return main


def shifted():
    """An index that is below zero for one lane only."""

    @T.prim_func
    def main(A: T.Tensor((64,), "float32"), B: T.Tensor((64,), "float32")):
        with T.Kernel(1, threads=64) as _:
            for i in T.Parallel(64):
                B[i] = A[i - 1]

    return main


@pytest.fixture(scope="module")
def rows() -> Base:
    return Base("", "cuda:sm_80", func=last_rows())


def test_an_index_below_zero_is_pythons(rows: Base) -> None:
    oracle, A = rows.judge.oracle, rows.arguments.values["A"]
    assert oracle is not None
    expected = np.concatenate([A[-32:], np.broadcast_to(A[0, ::-1], (32, 64)), A[-32:][::-1]])
    assert (oracle["B"] == expected).all()
    for stage in rows.pipeline.distinct():
        result = rows.judge.judge(stage)
        assert result.verdict in ("exact", "host") and not result.findings, (stage.name, result.detail, result.findings)
    counting = [stage.name for stage in rows.pipeline.stages if stage.level.from_end]
    assert counting[0] == "input" and PASS not in counting


def test_a_pass_that_leaves_the_index_is_blamed(rows: Base) -> None:
    stage = rows.stage(PASS)
    found = kinds(rows.judge.judge(replace(stage, module=rows.pipeline.before(stage).module)))
    assert {"differs", "out-of-bounds"} <= found


def aside(access: Any) -> Any:
    import tvm

    if str(access.buffer.name) != "A" or len(access.indices) != 2 or type(access.indices[1]).__name__ == "IntImm":
        return None
    moved = [access.indices[0], access.indices[1] - 1]
    return tvm.tirx.BufferLoad(access.buffer, moved, access.predicate)


def test_a_pass_that_adds_too_little_is_blamed(rows: Base) -> None:
    stage = rows.stage(PASS)
    assert "differs" in kinds(
        rows.judge.judge(replace(stage, module=in_module(stage.module, rewrite(["BufferLoad"], aside))))
    )


def test_an_index_below_zero_for_some_lanes_is_out_of_bounds() -> None:
    of = Base("", "cuda:sm_80", func=shifted())
    assert of.judge.oracle is not None
    values = of.arguments.values["A"]
    assert (of.judge.oracle["B"] == np.concatenate([[0], values[:-1]])).all()  # LegalizeSafeMemoryAccess reads zero
    assert not any(stage.level.from_end for stage in of.pipeline.stages)
    assert not of.clean(PASS).failed


def test_kernels_without_such_an_index_are_left_alone(rows: Base) -> None:
    assert from_end.occurs(rows.pipeline.stages[0].module)
    assert not from_end.occurs(rows.stage(PASS).module)
