"""Loads and stores by width are right, and one at another address is noticed."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import tilelang.language as T

from tests.interp.mutation.edit import argument, in_module, remove, with_args
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds


def increment():
    @T.prim_func
    def main(A: T.Tensor((1024,), "float32"), B: T.Tensor((1024,), "float32")):
        with T.Kernel(2, threads=128) as bx:
            for i in T.Parallel(512):
                B[bx * 512 + i] = A[bx * 512 + i] + 1.0

    return main


@pytest.fixture(scope="module")
def lowered() -> Base:
    return Base("", "cuda:sm_90a", func=increment(), configs={"tl.enable_lower_ldgstg": True})


def further(pointer: Any) -> Any:
    args = list(pointer.args)
    return with_args(pointer, [*args[:2], args[2] + 4, *args[3:]])


def test_wide_accesses_are_right(lowered: Base) -> None:
    assert "T.stg128(" in str(lowered.stage("LowerLDGSTG").module)
    assert lowered.clean("LowerLDGSTG").ok and lowered.clean("last").ok


@pytest.mark.parametrize("edit", [argument("tl.stg128", 0, further), remove("tl.stg128")], ids=["shifted", "dropped"])
def test_broken_wide_store_is_noticed(lowered: Base, edit: Any) -> None:
    stage = lowered.stage("LowerLDGSTG")
    assert "differs" in kinds(lowered.judge.judge(replace(stage, module=in_module(stage.module, edit))))
