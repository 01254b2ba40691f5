"""The bound on products of eight-bit floats: as wide as the tensor core is coarse, and no wider than a lost step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tl_passlab.parity.error_model import bounded_reference


def operands(k: int, dtype: Any = torch.float8_e4m3fn) -> dict[str, Any]:
    rng = np.random.default_rng(k)
    return {
        name: torch.from_numpy(rng.standard_normal(shape)).float().to(dtype)
        for name, shape in {"A": (32, k), "B": (k, 32)}.items()
    }


def product(A: Any, B: Any) -> dict[str, Any]:
    return {"C": A.double() @ B.double()}


def on_hopper(A: Any, B: Any) -> Any:
    """Each step of 32 products adds what is left of them once they are cut off 13 bits below the largest addend."""
    products = A.double().unsqueeze(2) * B.double().unsqueeze(0)
    total = torch.zeros(A.shape[0], B.shape[1], dtype=torch.float64)
    for step in products.split(32, dim=1):
        addends = torch.cat([total.unsqueeze(1), step], dim=1)
        unit = torch.exp2(torch.floor(torch.log2(addends.abs().amax(1, keepdim=True))) - 13)
        total = (torch.trunc(addends / unit) * unit).sum(1)
    return total


@pytest.mark.parametrize("k", [32, 80, 512])
def test_a_cut_off_product_keeps_the_bound_and_a_lost_step_does_not(k: int) -> None:
    inputs = operands(k)
    want, bound = bounded_reference(product, inputs)["C"]
    off = (on_hopper(**inputs) - want).abs()
    assert bool((off <= bound).all())
    # A bound that holds by being endless proves nothing.
    assert float((off / bound).max()) > 0.01
    lost = (on_hopper(inputs["A"][:, : k - 16], inputs["B"][: k - 16]) - want).abs()
    assert float((lost > bound).double().mean()) > 0.5


def test_products_of_wider_types_keep_their_tighter_bound() -> None:
    eight, half = operands(64), {name: tensor.half() for name, tensor in operands(64).items()}
    want, bound = bounded_reference(product, half)["C"]
    wide = bounded_reference(product, eight)["C"][1]
    assert bool((bound * 20 < wide).all())
    assert not bool(((on_hopper(**eight) - want).abs() <= bound).all())
