"""Compares an output with its reference and bound, element by element."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tl_passlab.parity.error_map import draw
from tl_passlab.parity.outcome import NONFINITE, NUMERICAL, PASS, Difference, Element
from tl_passlab.parity.rounding import LARGEST, SIGNIFICANT_BITS, SMALLEST


def compare(name: str, got: Any, want: Any, bound: Any, tile: Sequence[int] = ()) -> tuple[str, Difference]:
    """The kind of the verdict (pass, numerical, nan/inf) and the measures. All tensors have one shape.

    `tile` is the extent of a tile in each dimension, 0 or absent where the dimension is not tiled.
    """
    import torch

    dtype = str(got.dtype).removeprefix("torch.")
    g, w, b = got.detach().cpu().double(), want.double(), bound.double()
    error = (g - w).abs()
    # Equal infinities and NaN where NaN is expected are right; their difference is NaN.
    agreed = (g == w) | (g.isnan() & w.isnan()) | _overflowed(g, w, b, dtype)
    error = torch.where(agreed, torch.zeros_like(error), error)
    strange = ~agreed & (~g.isfinite() | ~w.isfinite())
    wrong = strange | ~(agreed | (error <= b))
    measures = _measures(g, w, b, error, dtype)
    difference = Difference(
        output=name,
        wrong=int(wrong.sum()),
        total=wrong.numel(),
        **measures,
        first=_element(wrong.flatten().nonzero(), g, w, b, tile),
        worst=_worst(wrong, strange, error, b, g, w, tile),
        error_map=draw(wrong, strange, tile) if bool(wrong.any()) else "",
    )
    if bool(strange.any()):
        return NONFINITE, difference
    return (NUMERICAL if difference.wrong else PASS), difference


def _overflowed(g: Any, w: Any, b: Any, dtype: str) -> Any:
    """Infinities of the right sign where the exact value, give or take its bound, leaves the range of the type."""
    limit = LARGEST.get(dtype, math.inf)
    return g.isinf() & (g.sign() == w.sign()) & (w.abs() + b >= limit)


def _measures(g: Any, w: Any, b: Any, error: Any, dtype: str) -> dict[str, float]:
    import torch

    finite = torch.nan_to_num(error, nan=math.inf)
    nonzero = w.abs() > 0
    relative = torch.where(nonzero, finite / w.abs(), torch.zeros_like(finite))
    ratio = torch.where(b > 0, finite / b, torch.where(finite > 0, torch.full_like(finite, math.inf), finite))
    a, c = torch.nan_to_num(g.flatten()), torch.nan_to_num(w.flatten())
    norms = float(a.norm() * c.norm())
    return {
        "max_abs": _max(finite),
        "max_rel": _max(relative),
        "max_ulp": _max(finite / _ulp(w, dtype)),
        "cosine": float(a @ c) / norms if norms > 0 and math.isfinite(norms) else 1.0 if torch.equal(a, c) else 0.0,
        "ratio": _max(ratio),
    }


def _max(tensor: Any) -> float:
    return float(tensor.max()) if tensor.numel() else 0.0


def _ulp(w: Any, dtype: str) -> Any:
    """The spacing of the output's type at the reference; 1 for integers."""
    import torch

    if dtype not in SIGNIFICANT_BITS:
        return torch.ones_like(w)
    _, exponent = torch.frexp(w)
    spacing = torch.ldexp(torch.ones_like(w), exponent - SIGNIFICANT_BITS[dtype])
    return torch.clamp(torch.nan_to_num(spacing, nan=1.0), min=SMALLEST[dtype])


def _worst(wrong: Any, strange: Any, error: Any, b: Any, g: Any, w: Any, tile: Sequence[int]) -> Element | None:
    """A NaN or an infinity before any number; then the largest error over its bound."""
    import torch

    if not bool(wrong.any()):
        return None
    if bool(strange.any()):
        return _element(strange.flatten().nonzero(), g, w, b, tile)
    over = torch.where(wrong, error / torch.clamp(b, min=1e-300), torch.zeros_like(error))
    return _element(over.flatten().argmax().view(1, 1), g, w, b, tile)


def _element(places: Any, g: Any, w: Any, b: Any, tile: Sequence[int]) -> Element | None:
    if not places.numel():
        return None
    flat = int(places[0])
    index = []
    rest = flat
    for extent in reversed(g.shape):
        index.append(rest % extent)
        rest //= extent
    where = tuple(reversed(index))
    tiles = tuple(i // t for i, t in zip(where, tile, strict=False) if t) if any(tile) else ()
    return Element(where, float(w.flatten()[flat]), float(g.flatten()[flat]), float(b.flatten()[flat]), tiles)
