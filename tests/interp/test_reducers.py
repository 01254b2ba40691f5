"""Reducers: every contribution counts once, whatever the compiler makes of them; and what breaks one is noticed."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tilelang.language as T

from tests.interp.mutation.edit import Edit, argument, in_module, remove
from tests.interp.mutation.kernels import Base
from tests.lowering import LANE
from tl_passlab.interp.ops.reducer import identity

SECOND_FORM = LANE.tilelang in ("0.1.14", "0.1.15")
second_form = pytest.mark.skipif(not SECOND_FORM, reason="reducers of this form came with 0.1.14")


def reduced(op="sum", init=None, dtype="float32"):
    @T.prim_func
    def main(A: T.Tensor((16, 128), dtype), y: T.Tensor((16,), dtype)):
        with T.Kernel(1, threads=128) as _:
            parts = T.alloc_reducer((16,), dtype, op=op)
            result = T.alloc_fragment((16,), dtype)
            if init is None:
                T.reducer_init(parts)
            else:
                T.reducer_init(parts, init)
            for k in T.serial(2):
                for i, j in T.Parallel(16, 64):
                    T.reducer_update(parts[i], A[i, k * 64 + j])
            T.finalize_reducer(parts, result)
            T.copy(result, y)

    return main


def first_form():
    @T.prim_func
    def main(A: T.Tensor((16, 128), "float32"), y: T.Tensor((16,), "float32")):
        with T.Kernel(1, threads=128) as _:
            parts = T.alloc_reducer((16,), "float32", op="sum", replication="all")
            T.clear(parts)
            for i, j in T.Parallel(16, 128):
                parts[i] += A[i, j]
            T.finalize_reducer(parts)
            T.copy(parts, y)

    return main


def counted():
    @T.prim_func
    def main(n: T.Tensor((2,), "int32")):
        with T.Kernel(1, threads=64) as _:
            for i in T.Parallel(64):
                T.atomic_add(n[i % 2 * 0], 1)

    return main


def value_of(of: Base, name: str) -> Any:
    oracle = of.judge.oracle
    assert oracle is not None
    return oracle[name]


def require_clean(of: Base) -> None:
    for stage in of.pipeline.distinct():
        result = of.judge.judge(stage)
        assert result.ok, (stage.name, result.verdict, result.detail, result.findings)


FOLDS: list[Any] = [
    pytest.param("sum", None, "float32", lambda a: a.sum(1), id="sum"),
    pytest.param("sum", 5.0, "float32", lambda a: a.sum(1) + 5, id="sum-from-5"),
    pytest.param("max", 7.0, "float32", lambda a: np.maximum(a.max(1), 7), id="max-from-7"),
    pytest.param("min", -5.0, "float32", lambda a: np.minimum(a.min(1), -5), id="min-from-minus-5"),
    pytest.param("bitor", 8, "int32", lambda a: np.bitwise_or.reduce(a, 1) | 8, id="bitor-from-8"),
]


@second_form
@pytest.mark.parametrize(("op", "init", "dtype", "expected"), FOLDS)
def test_reducer_is_right_at_every_boundary(op: str, init: Any, dtype: str, expected: Callable[[Any], Any]) -> None:
    of = Base("", "cuda:sm_80", func=reduced(op, init, dtype))
    assert (value_of(of, "y") == expected(of.arguments.values["A"])).all()
    require_clean(of)


def test_fragment_reducer_is_right_at_every_boundary() -> None:
    of = Base("", "cuda:sm_80", func=first_form())
    assert (value_of(of, "y") == of.arguments.values["A"].sum(1)).all()
    require_clean(of)


def test_atomic_in_a_parallel_loop_counts_every_iteration() -> None:
    of = Base("", "cuda:sm_80", func=counted())
    before = of.arguments.values["n"]
    assert value_of(of, "n").tolist() == [before[0] + 64, before[1]]
    require_clean(of)


MUTANTS: list[Any] = [
    pytest.param("input", remove("tl.reducer_update"), id="no-update"),
    pytest.param("input", remove("tl.tileop.finalize_reducer_v2"), id="no-finalise"),
    pytest.param("input", remove("tl.tileop.reducer_init"), id="no-init"),
    pytest.param("ReducerPlanAndMaterialize", argument("tl.tileop.fill", 1, lambda v: v + 1), id="wrong-identity"),
    pytest.param("ReducerPlanAndMaterialize", remove("tl.tileop.fill"), id="no-fill"),
]


@second_form
@pytest.mark.parametrize(("after", "edit"), MUTANTS)
def test_broken_reducer_is_noticed(after: str, edit: Edit) -> None:
    of = Base("", "cuda:sm_80", func=reduced())
    stage = of.pipeline.stages[0] if after == "input" else of.stage(after)
    assert of.judge.judge(replace(stage, module=in_module(stage.module, edit))).failed


@pytest.mark.parametrize(
    ("op", "dtype", "expected"),
    [("sum", "int32", 0), ("max", "float32", -np.inf), ("min", "int32", 2**31 - 1), ("bitand", "uint8", 255)],
)
def test_identity_of_an_operation(op: str, dtype: str, expected: float) -> None:
    assert identity(op, np.dtype(dtype)) == expected
