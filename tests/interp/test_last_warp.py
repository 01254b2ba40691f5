"""Blocks whose last warp is not full: shuffles and votes know which lanes there are."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

import numpy as np
import pytest
import tilelang.language as T

from tests.interp.test_defects import checked
from tl_passlab.cases import load_case
from tl_passlab.interp.check import check
from tl_passlab.targets import parse_target


@pytest.mark.parametrize(
    ("name", "threads"), [("sync/warp_reduction", 31), ("sync/block_reduction", 127), ("sync/block_reduction", 129)]
)
def test_a_reduction_leaves_out_the_lanes_that_do_not_exist(name: str, threads: int) -> None:
    result = check(load_case(name), parse_target("cuda:sm_80"), {"threads": threads, "M": 2})
    assert result.ok and result.reference_ok


def neighbours(threads=31):
    @T.prim_func
    def main(A: T.Tensor((threads,), "float32"), B: T.Tensor((threads,), "float32")):
        with T.Kernel(1, threads=threads) as _:
            tx = T.get_thread_binding()
            B[tx] = T.shfl_down(A[tx], 1)

    return main


def test_what_a_lane_that_does_not_exist_gives_is_undefined() -> None:
    result = checked(neighbours, "cuda:sm_80")
    assert result.oracle is not None and result.ok
    assert np.isnan(result.oracle["B"][30]) and (result.oracle["B"][:30] == result.oracle["A"][1:]).all()


def votes(threads=33):
    @T.prim_func
    def main(A: T.Tensor((threads,), "int32"), B: T.Tensor((3, threads), "int32")):
        with T.Kernel(1, threads=threads) as _:
            tx = T.get_thread_binding()
            B[0, tx] = T.Cast("int32", T.all_sync(tx >= 0))
            B[1, tx] = T.Cast("int32", T.any_sync(tx > 31))
            B[2, tx] = T.Cast("int32", T.ballot(tx >= 0))

    return main


def test_a_lane_that_does_not_exist_has_no_vote() -> None:
    result = checked(votes, "cuda:sm_80")
    assert result.oracle is not None and result.ok
    everyone, anyone, ballot = result.oracle["B"]
    assert everyone.tolist() == [1] * 33 and anyone.tolist() == [0] * 32 + [1]
    assert ballot.tolist() == [-1] * 32 + [1]
