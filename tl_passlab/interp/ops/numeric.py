"""Operand types of matrix instructions and how their products round."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import dtypes
from tl_passlab.interp.errors import Unsupported

NAMES = {
    "fp16": "float16", "f16": "float16", "bf16": "bfloat16", "fp32": "float32", "f32": "float32", "tf32": "float32",
    "fp64": "float64", "f64": "float64", "s8": "int8", "u8": "uint8", "int8": "int8", "uint8": "uint8",
    "s32": "int32", "int32": "int32", "e4m3": "float8_e4m3fn", "e5m2": "float8_e5m2", "float16": "float16",
    "bfloat16": "bfloat16", "float8_e4m3": "float8_e4m3fn", "float8_e5m2": "float8_e5m2", "float32": "float32",
    "tfloat32": "float32", "float64": "float64", "float8_e4m3fn": "float8_e4m3fn",
}  # fmt: skip
TF32 = {"tf32", "tfloat32"}
TF32_MASK = np.uint32(0xFFFFE000)


def operand_type(name: str) -> np.dtype[Any]:
    """The NumPy type of an operand as instructions name it."""
    if name not in NAMES:
        raise Unsupported(f"matrix operand type {name}")
    return dtypes.numpy_type(NAMES[name])


def multiply(left: Any, right: Any, kind: str, accumulator: np.dtype[Any], sign: int = 1) -> Any:
    """A batch of products in the arithmetic of the accumulator; tf32 operands lose their low mantissa bits."""
    if accumulator.kind in "iu":
        return left.astype(np.int64) @ right.astype(np.int64) * sign
    wide = np.float64 if accumulator == np.float64 else np.float32
    if kind in TF32:
        left, right = _truncated(left), _truncated(right)
    return (left.astype(wide) @ right.astype(wide)) * wide(sign)


def _truncated(values: Any) -> Any:
    return (np.ascontiguousarray(values).view(np.uint32) & TF32_MASK).view(np.float32)
