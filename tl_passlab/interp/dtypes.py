"""TIR type names as NumPy types, and the conversions whose result depends on the format (saturation, wrap-around)."""

from __future__ import annotations

import functools
import re
from typing import Any

import ml_dtypes
import numpy as np

from tl_passlab.interp.errors import Unsupported

EXTENDED = {
    "bfloat16": ml_dtypes.bfloat16,
    "float8_e4m3": ml_dtypes.float8_e4m3fn,  # CUDA has one e4m3 type; both names mean the finite one
    "float8_e4m3fn": ml_dtypes.float8_e4m3fn,
    "float8_e5m2": ml_dtypes.float8_e5m2,
    "float8_e4m3fnuz": ml_dtypes.float8_e4m3fnuz,
    "float8_e5m2fnuz": ml_dtypes.float8_e5m2fnuz,
    "float8_e8m0fnu": ml_dtypes.float8_e8m0fnu,
}
SATURATING = {np.dtype(ml_dtypes.float8_e4m3fn): 448.0, np.dtype(ml_dtypes.float8_e5m2): 57344.0}
PLAIN = {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
PLAIN |= {"float16", "float32", "float64"}


@functools.cache
def split(name: str) -> tuple[str, int]:
    """`float16x4` is (`float16`, 4)."""
    match = re.fullmatch(r"(.*?\d*)x(\d+)", name)
    return (match[1], int(match[2])) if match else (name, 1)


@functools.cache
def numpy_type(name: str) -> np.dtype[Any]:
    """The NumPy type of one lane of a TIR type; a type without whole-byte storage is unsupported."""
    base = split(name)[0]
    if base in EXTENDED:
        extended: np.dtype[Any] = np.dtype(EXTENDED[base])
        return extended
    if base in PLAIN:
        return np.dtype(base)
    if base in ("handle", ""):
        return np.dtype("uint64")
    if base in ("uint1", "int1"):
        return np.dtype("bool")
    raise Unsupported(f"type {name}")


@functools.cache
def is_float(dtype: np.dtype[Any]) -> bool:
    """Whether the type is a floating one, NumPy's own or an extended one."""
    return dtype.kind == "f" or dtype in {np.dtype(t) for t in EXTENDED.values()}


def cast(value: Any, dtype: np.dtype[Any]) -> Any:
    """Convert like device code does: truncation to integers, wrap-around, saturation to 8-bit floats.

    Integer scalars stay Python integers, so that uniform control flow stays cheap and exact.
    """
    if dtype in SATURATING:
        limit = SATURATING[dtype]
        wide = np.asarray(value, dtype=np.float32)
        return np.clip(wide, -limit, limit).astype(dtype)[()]
    if isinstance(value, np.ndarray):
        if value.dtype == dtype:
            return value
        if is_float(value.dtype) and dtype.kind in "iu":
            return _float_to_int(value, dtype)
        return value.astype(dtype)
    if dtype.kind == "b":
        return bool(value)
    if dtype.kind in "iu":
        if isinstance(value, (float, np.floating)) and not np.isfinite(value):
            return 0
        return wrap_int(int(value), dtype)
    return dtype.type(value)


def _float_to_int(value: np.ndarray[Any, Any], dtype: np.dtype[Any]) -> Any:
    wide: Any = value.astype(np.float64)
    info = np.iinfo(dtype)
    return np.clip(np.nan_to_num(np.trunc(wide)), info.min, info.max).astype(dtype)


def wrap_int(value: int, dtype: np.dtype[Any]) -> int:
    """A Python integer reduced to the range of an integer type, as two's complement does."""
    bits = dtype.itemsize * 8
    value &= (1 << bits) - 1
    if dtype.kind == "i" and value >> (bits - 1):
        value -= 1 << bits
    return value
