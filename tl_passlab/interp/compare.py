"""Compares results: bit for bit first, and against a derived bound only where accumulation may be reordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import dtypes

SAFETY = 4.0
REFERENCE_SAFETY = 8.0
FLOAT32_EPSILON = 2.0**-23
MANTISSA = {"float16": 10, "bfloat16": 7, "float32": 23, "float64": 52, "float8_e4m3fn": 3, "float8_e5m2": 2}
MAX_ELEMENTS = 8


@dataclass(frozen=True)
class Difference:
    """How one output differs: the largest error relative to the largest expected magnitude, and where."""

    name: str
    error: float
    count: int
    total: int
    elements: tuple[tuple[tuple[int, ...], float, float], ...]


def epsilon(dtype: np.dtype[Any]) -> float:
    """The distance from one to the next value of a type; zero for integers."""
    return 2.0 ** -MANTISSA.get(str(dtype), 0) if dtypes.is_float(dtype) else 0.0


def same_bits(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether all arrays agree bit for bit (the payload and sign of NaN apart)."""
    return all(_equal(left[name], right[name]) for name in left)


def _equal(x: Any, y: Any) -> bool:
    if x.tobytes() == y.tobytes():
        return True
    if not dtypes.is_float(x.dtype):
        return False
    a, b = x.astype(np.float64), y.astype(np.float64)
    return bool(np.array_equal(a, b, equal_nan=True))


def differences(expected: Mapping[str, Any], got: Mapping[str, Any]) -> list[Difference]:
    """Every output that is not the same, worst first."""
    found = [_difference(name, expected[name], got[name]) for name in expected if not _equal(expected[name], got[name])]
    return sorted(found, key=lambda d: -d.error)


def _difference(name: str, expected: Any, got: Any) -> Difference:
    wide, other = np.asarray(expected, dtype=np.float64), np.asarray(got).astype(np.float64)
    with np.errstate(all="ignore"):
        gap = np.abs(wide - other)
    gap[(wide == other) | (np.isnan(wide) & np.isnan(other))] = 0
    gap = np.where(np.isnan(gap), np.inf, gap)
    finite = np.abs(wide[np.isfinite(wide)])
    scale = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
    order = np.argsort(-gap, axis=None, kind="stable")[:MAX_ELEMENTS]
    places = [np.unravel_index(int(i), gap.shape) for i in order if gap.flat[int(i)] > 0]
    elements = tuple((tuple(int(x) for x in p), float(wide[p]), float(other[p])) for p in places)
    return Difference(name, float(gap.max()) / scale, int((gap > 0).sum()), gap.size, elements)


def bound(values: Mapping[str, Any], narrowest: float) -> float:
    """How far a reordered accumulation may move a result, relative to the largest magnitude.

    One rounding of the narrowest intermediate type, and one float32 rounding per term of the longest possible sum.
    """
    longest = max((max(v.shape, default=1) for v in values.values() if hasattr(v, "shape")), default=1)
    return SAFETY * (narrowest + longest * FLOAT32_EPSILON)


def narrowest_epsilon(names: set[str]) -> float:
    """The coarsest rounding among the floating types that a kernel's buffers have."""
    known = [2.0 ** -MANTISSA[n] for n in names if n in MANTISSA]
    return max(known, default=FLOAT32_EPSILON)
