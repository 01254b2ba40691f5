"""Empty tensors, empty reductions and blocks of one thread: right at every boundary, or a finding; never a crash."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tilelang.language as T

from tests.interp.test_defects import checked
from tests.lowering import LANE
from tl_passlab.cases import load_case
from tl_passlab.errors import UsageError
from tl_passlab.interp.check import BROKEN, check
from tl_passlab.interp.ops.reducer import identity
from tl_passlab.interp.ops.tile_reduce import FOLDS, STARTS, fold_axis
from tl_passlab.interp.packed import element_strides
from tl_passlab.targets import parse_target


@pytest.mark.parametrize("shape", [(0, 72), (4, 0), (2, 0, 64), (3, 5), (7,)])
def test_strides_are_those_of_a_torch_tensor(shape: tuple[int, ...]) -> None:
    import torch

    assert tuple(element_strides(np.empty(shape, np.float32))) == torch.empty(shape).stride()


@pytest.mark.parametrize("sizes", [{"M": 0}, {"N": 0}])
def test_a_kernel_without_elements_is_right_at_every_boundary(sizes: dict[str, int]) -> None:
    result = check(load_case("elementwise/add"), parse_target("cuda:sm_80"), sizes)
    assert result.ok and result.results[0].name == "input"


def reads_nothing():
    """A tile is copied from a tensor that has no element, which gives zeros."""

    @T.prim_func
    def main(A: T.Tensor((64, 0), "float32"), C: T.Tensor((64, 64), "float32")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((64, 64), "float32")
            T.copy(A[0, 0], tile)
            T.copy(tile, C)

    return main


def test_what_lies_outside_of_an_empty_tensor_reads_as_zero() -> None:
    result = checked(reads_nothing, "cuda:sm_80")
    assert result.ok and result.oracle is not None
    assert result.oracle["C"].shape == (64, 64) and not result.oracle["C"].any()


@pytest.mark.parametrize(("kind", "start"), [("sum", 0.0), ("max", -np.inf), ("min", np.inf), ("absmax", 0.0)])
def test_a_reduction_over_nothing_gives_what_it_starts_from(kind: str, start: float) -> None:
    """Not from a kernel: 0.1.15 divides by zero when it lowers one, and takes the process along."""
    empty = identity(STARTS.get(kind, kind), np.dtype(np.float32))
    folded = fold_axis(np.empty((16, 0), np.float32), 1, FOLDS[kind][0], empty)
    assert folded.shape == (16,) and (folded == start).all()


def test_an_all_reduce_over_one_thread_is_the_value_itself() -> None:
    assert check(load_case("sync/block_reduction"), parse_target("cuda:sm_80"), {"threads": 1}).ok


@pytest.mark.skipif(LANE.tilelang != "0.1.11", reason="the front end of later lanes rejects it")
def test_a_launch_without_threads_is_malformed() -> None:
    first = check(load_case("control/guarded_pair"), parse_target("metal"), {"N": 0}).first_failure
    assert first is not None and first.verdict == BROKEN


def test_inputs_of_another_shape_than_declared_are_refused() -> None:
    case = load_case("elementwise/add")
    assert case.inputs is not None
    given: Any = case.inputs
    wrong = replace(case, inputs=lambda rng, M, N: given(rng, M=M + 1, N=N))
    with pytest.raises(UsageError, match=r"\(9, 8\), and the kernel declares \(8, 8\)"):
        check(wrong, parse_target("cuda:sm_80"), {"M": 8, "N": 8})
