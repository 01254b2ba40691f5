"""Scalar and array arithmetic where Python, NumPy and device code disagree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import dtypes


def _is_float(value: Any) -> bool:
    if isinstance(value, (bool, int)):
        return False
    if isinstance(value, float):
        return True
    return dtypes.is_float(value.dtype)


def divide(left: Any, right: Any) -> Any:
    """TIR `Div`: exact for floats, truncating for integers."""
    if _is_float(left) or _is_float(right):
        with np.errstate(all="ignore"):
            return np.true_divide(left, right, dtype=None) if not isinstance(left, np.generic) else left / right
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left >= 0) == (right >= 0) else -quotient
    return np.sign(left) * np.sign(right) * (np.abs(left) // np.abs(_nonzero(right)))


def truncated_mod(left: Any, right: Any) -> Any:
    """TIR `Mod`: the remainder has the sign of the dividend."""
    if isinstance(left, int) and isinstance(right, int):
        return left - divide(left, right) * right
    with np.errstate(all="ignore"):
        return np.fmod(left, _nonzero(right))


def floor_div(left: Any, right: Any) -> Any:
    """TIR `FloorDiv`; a zero divisor on a lane whose result is masked off must not stop the others."""
    return left // _nonzero(right)


def floor_mod(left: Any, right: Any) -> Any:
    """TIR `FloorMod`."""
    return left % _nonzero(right)


def _nonzero(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind in "iu":
        return np.where(value == 0, 1, value) if (value == 0).any() else value
    return value


def minimum(left: Any, right: Any) -> Any:
    """The smaller; of a number and NaN the number, as device code has it."""
    if isinstance(left, int) and isinstance(right, int):
        return min(left, right)
    return _selected(np.fmin, np.less, left, right)


def maximum(left: Any, right: Any) -> Any:
    """The larger; of a number and NaN the number, as device code has it."""
    if isinstance(left, int) and isinstance(right, int):
        return max(left, right)
    return _selected(np.fmax, np.greater, left, right)


def _selected(plain: Any, compare: Any, left: Any, right: Any) -> Any:
    dtype = getattr(left, "dtype", getattr(right, "dtype", None))
    if dtype is not None and dtype.kind == "V":
        wide = plain(np.asarray(left).astype(np.float32), np.asarray(right).astype(np.float32))
        return wide.astype(dtype)[()]
    return plain(left, right)


def logical_and(left: Any, right: Any) -> Any:
    """Conjunction of booleans or arrays of them."""
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return np.logical_and(left, right)
    return bool(left) and bool(right)


def logical_or(left: Any, right: Any) -> Any:
    """Disjunction of booleans or arrays of them."""
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return np.logical_or(left, right)
    return bool(left) or bool(right)


def logical_not(value: Any) -> Any:
    """Negation of a boolean or an array of them."""
    return np.logical_not(value) if isinstance(value, np.ndarray) else not value


def wrapping(function: Callable[[Any, Any], Any], dtype: np.dtype[Any]) -> Callable[[Any, Any], Any]:
    """An unsigned operation, reduced to its type's range also when both operands are Python integers."""

    def wrapped(left: Any, right: Any) -> Any:
        if isinstance(left, int) and isinstance(right, int):
            return dtypes.wrap_int(function(left, right), dtype)
        if isinstance(left, int):
            left = dtype.type(left & ((1 << (8 * dtype.itemsize)) - 1))
        if isinstance(right, int):
            right = dtype.type(right & ((1 << (8 * dtype.itemsize)) - 1))
        with np.errstate(over="ignore"):
            return function(left, right)

    return wrapped
