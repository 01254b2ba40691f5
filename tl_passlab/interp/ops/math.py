"""Arithmetic operations that TIR expresses as calls."""

from __future__ import annotations

import math as pymath
from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import addresses, arith, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.expr import combine, constant, guarded
from tl_passlab.interp.program import DYNAMIC, Code

Function = Callable[..., Any]


def _through_float32(function: Function) -> Function:
    """Extended types compute in float32 and round once."""

    def apply(*values: Any) -> Any:
        dtype = getattr(values[0], "dtype", None)
        if dtype is None or dtype.kind != "V":
            return function(*values)
        wide = [np.asarray(v).astype(np.float32) for v in values]
        return np.asarray(function(*wide)).astype(dtype)[()]

    return apply


def _sigmoid(x: Any) -> Any:
    one = x.dtype.type(1)
    return one / (one + np.exp(-x))


def _rsqrt(x: Any) -> Any:
    return x.dtype.type(1) / np.sqrt(x)


def _erf(x: Any) -> Any:
    flat = np.asarray(x, dtype=np.float64)
    return np.vectorize(pymath.erf)(flat).astype(x.dtype)[()]


def _round_half_away(x: Any) -> Any:
    return (np.sign(x) * np.floor(np.abs(x) + x.dtype.type(0.5))).astype(x.dtype)


def _popcount(x: Any) -> Any:
    return x.bit_count() if isinstance(x, int) else np.bitwise_count(x).astype(x.dtype)


def _shift_left(x: Any, n: Any) -> Any:
    return x << n


def _fma(x: Any, y: Any, z: Any) -> Any:
    wide = np.asarray(x, dtype=np.float64) * np.asarray(y, dtype=np.float64) + np.asarray(z, dtype=np.float64)
    return wide.astype(np.result_type(getattr(x, "dtype", np.float32)))[()]


def _clamp(x: Any, low: Any, high: Any) -> Any:
    return arith.minimum(arith.maximum(x, low), high)


UNARY: dict[str, Function] = {
    "exp": np.exp, "exp2": np.exp2, "exp10": lambda x: np.power(x.dtype.type(10), x), "log": np.log,
    "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "sqrt": np.sqrt, "rsqrt": _rsqrt, "tanh": np.tanh,
    "sigmoid": _sigmoid, "sin": np.sin, "cos": np.cos, "tan": np.tan, "sinh": np.sinh, "cosh": np.cosh,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc,
    "round": _round_half_away, "nearbyint": np.rint, "fabs": np.abs, "abs": np.abs, "erf": _erf, "isnan": np.isnan,
    "isinf": np.isinf, "isfinite": np.isfinite, "popcount": _popcount,
}  # fmt: skip
BINARY: dict[str, Function] = {
    "pow": np.power, "fmod": np.fmod, "atan2": np.arctan2, "ldexp": np.ldexp, "copysign": np.copysign,
    "hypot": np.hypot, "bitwise_and": lambda x, y: x & y, "bitwise_or": lambda x, y: x | y,
    "bitwise_xor": lambda x, y: x ^ y, "shift_left": _shift_left, "shift_right": lambda x, n: x >> n,
    "truncmod": arith.truncated_mod, "truncdiv": arith.divide,
}  # fmt: skip


def elementwise(function: Function, first: int = 0) -> Callable[[Build, Any], Code]:
    """Compile a pure function of all arguments from `first` on."""
    wide = _through_float32(function)

    def compiler(b: Build, call: Any) -> Code:
        code = combine(b, wide, *(b.expr(x) for x in list(call.args)[first:]))
        dtype = str(call.dtype)
        if dtype.startswith("uint") and getattr(call.op, "name", "") == "tirx.shift_left":
            return combine(b, lambda v: dtypes.cast(v, dtypes.numpy_type(dtype)), code)
        return code

    return compiler


def _if_then_else(b: Build, call: Any) -> Code:
    return guarded(b, *(b.expr(x) for x in call.args))


def _reinterpret(b: Build, call: Any) -> Code:
    target = dtypes.numpy_type(str(call.dtype))
    source = dtypes.numpy_type(str(call.args[0].dtype))

    def bits(value: Any) -> Any:
        if target.itemsize != source.itemsize:
            raise Unsupported("tirx.reinterpret between sizes")
        array = np.ascontiguousarray(np.asarray(value)).astype(source)
        result = array.view(target) if array.ndim else array.reshape(1).view(target)[0]
        return result.item() if target.kind in "iub" and not isinstance(result, np.ndarray) else result

    if str(call.dtype).startswith("handle"):
        number = b.expr(call.args[0])
        return Code(lambda a: addresses.resolved(a, number.run(a)), DYNAMIC)
    return combine(b, bits, b.expr(call.args[0]))


def _infinity(b: Build, call: Any) -> Code:
    return constant(dtypes.numpy_type(str(call.dtype)).type(np.inf))


def _bitwise_not(b: Build, call: Any) -> Code:
    dtype = dtypes.numpy_type(str(call.dtype))
    return combine(b, lambda x: dtypes.cast(~x, dtype), b.expr(call.args[0]))


def _likely(b: Build, call: Any) -> Code:
    return b.expr(call.args[0])


def _nothing(b: Build, call: Any) -> Code:
    return Code(lambda a: None, DYNAMIC)


def _pack_b16(b: Build, call: Any) -> Code:
    def pack(low: Any, high: Any) -> Any:
        bits = [np.asarray(v).view(np.uint16).astype(np.uint32) for v in np.broadcast_arrays(low, high)]
        return bits[0] | (bits[1] << np.uint32(16))

    return combine(b, pack, b.expr(call.args[0]), b.expr(call.args[1]))


NO_EFFECT = (
    "tl.warpgroup_arrive", "tl.set_max_nreg", "tl.no_set_max_nreg", "tl.prefetch_tma_descriptor",
    "tl.ptx_fence_barrier_init", "tirx.assume", "tl.pdl_sync", "tl.pdl_trigger", "tl.annotate_producer_reg_dealloc",
    "extern tl::prefetch_tma_descriptor",
    "tl.annotate_consumer_reg_alloc", "tirx.ptx_fence_barrier_init", "tl.disable_warp_group_reg_alloc",
)  # fmt: skip


def is_pure(name: str) -> bool:
    """Whether a call computes a value from its arguments and does nothing else, on each lane and element alone."""
    return name in OPS and name not in NO_EFFECT


OPS: dict[str, Callable[[Build, Any], Code]] = {
    **{f"tirx.{name}": elementwise(f) for name, f in {**UNARY, **BINARY}.items()},
    **{name: _nothing for name in NO_EFFECT},
    "tirx.if_then_else": _if_then_else,
    "tirx.reinterpret": _reinterpret,
    "tirx.bitwise_not": _bitwise_not,
    "tirx.likely": _likely,
    "tirx.fma": elementwise(_fma),
    "tl.infinity": _infinity,
    "tl.clamp": elementwise(_clamp),
    "tl.pack_b16": _pack_b16,
    "tl.fast_div": elementwise(arith.divide),
    "tl.fast_exp2": elementwise(np.exp2),
    "tl.__exp": elementwise(np.exp),
    "tl.__exp10": elementwise(UNARY["exp10"]),
    "tl.__log": elementwise(np.log),
    "tl.__log2": elementwise(np.log2),
    "tl.__log10": elementwise(np.log10),
    "tl.__sin": elementwise(np.sin),
    "tl.__cos": elementwise(np.cos),
    "tl.__tan": elementwise(np.tan),
    "tl.ieee_add": elementwise(lambda x, y, _=None: x + y),
    "tl.ieee_mul": elementwise(lambda x, y, _=None: x * y),
    "tl.ieee_fdiv": elementwise(lambda x, y, _=None: x / y),
    "tl.ieee_fsqrt": elementwise(lambda x, _=None: np.sqrt(x)),
    "tl.ieee_frsqrt": elementwise(lambda x, _=None: _rsqrt(x)),
}
