"""The packed calling convention of a host function: argument arrays as the host code unpacks them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tl_passlab.interp import dtypes, memory
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.memory import Mem, Ptr
from tl_passlab.interp.program import DYNAMIC, Code

TYPE_INDEX_POINTER = 7
DATA, SHAPE, STRIDES, NDIM, CODE, BITS, LANES, BYTE_OFFSET, DEVICE_ID, DEVICE_TYPE = range(1, 11)
ANY_TYPE_INDEX, ANY_VALUE = 13, 15
TYPE_CODES = {"i": 0, "u": 1, "f": 2, "b": 6}
EXTENDED_CODES = {"bfloat16": 4, "float8_e4m3fn": 10, "float8_e5m2": 12, "float8_e8m0fnu": 14}


class Tensor:
    """A DLTensor as host code sees it."""

    def __init__(self, mem: Mem, array: Any, device_type: int) -> None:
        self.mem, self.dtype = mem, array.dtype
        code = EXTENDED_CODES.get(str(array.dtype), TYPE_CODES.get(array.dtype.kind, -1))
        self.fields = {
            DATA: Ptr(mem, 0, array.dtype), SHAPE: _numbers(array.shape), STRIDES: _numbers(element_strides(array)),
            NDIM: array.ndim, CODE: code, BITS: array.itemsize * 8, LANES: 1, BYTE_OFFSET: 0, DEVICE_ID: 0,
            DEVICE_TYPE: device_type,
        }  # fmt: skip


def element_strides(array: Any) -> list[int]:
    """The strides of a contiguous array in elements. NumPy says zero for an empty one; PyTorch, whose tensors kernels
    are given, counts each empty dimension as one."""
    extents = [max(extent, 1) for extent in array.shape]
    return [math.prod(extents[d + 1 :]) for d in range(array.ndim)]


def _numbers(values: Any) -> Ptr:
    return Ptr(memory.adopt("shape", np.array(values, dtype=np.int64)), 0, np.dtype("int64"))


class PackedArguments:
    """The array of arguments."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values


def _struct_get(b: Build, call: Any) -> Code:
    base, index, kind = b.expr(call.args[0]).run, int(call.args[1]), int(call.args[2])
    dtype = str(call.dtype)

    def get(a: Any) -> Any:
        owner = base(a)
        if isinstance(owner, PackedArguments):
            value = owner.values[index]
            if kind == ANY_TYPE_INDEX:
                return TYPE_INDEX_POINTER if isinstance(value, Tensor) else 3 if isinstance(value, float) else 1
            if kind == ANY_VALUE:
                return value if isinstance(value, Tensor) else dtypes.cast(value, dtypes.numpy_type(dtype))
        if isinstance(owner, Tensor) and kind in owner.fields:
            return owner.fields[kind]
        raise Unsupported(f"tirx.tvm_struct_get field {kind}")

    return Code(get, DYNAMIC)


OPS = {"tirx.tvm_struct_get": _struct_get}
