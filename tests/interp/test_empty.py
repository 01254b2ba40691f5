"""Tensors without elements: the host code checks their strides too, and gets those that PyTorch would give it."""

from __future__ import annotations

import numpy as np
import pytest

from tl_passlab.cases import load_case
from tl_passlab.interp.check import check
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
