"""External device functions by name: CUDA and Metal math, and the templates of TileLang that TIR calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import arith
from tl_passlab.interp.build import Build
from tl_passlab.interp.ops import allreduce, scan
from tl_passlab.interp.ops.math import UNARY, elementwise
from tl_passlab.interp.program import Code

FLOAT_SUFFIXED = ("exp", "exp2", "exp10", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "tanh", "sin", "cos",
                  "tan", "floor", "ceil", "trunc", "round", "fabs", "erf", "sinh", "cosh", "atan")  # fmt: skip
HALF = ("exp", "exp2", "log", "log2", "sqrt", "rsqrt", "sin", "cos", "floor", "ceil", "trunc")

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: UNARY[name] for name in FLOAT_SUFFIXED},
    **{name + "f": UNARY[name] for name in FLOAT_SUFFIXED},
    **{f"__{name}f": UNARY[name] for name in ("exp", "log", "log2", "log10", "sin", "cos", "tan", "exp10", "exp2")},
    **{"h" + name: UNARY[name] for name in HALF},
    "abs": np.abs,
    "__habs": np.abs,
    "fmaxf": arith.maximum,
    "fminf": arith.minimum,
    "max": arith.maximum,
    "min": arith.minimum,
    "fmodf": np.fmod,
    "powf": np.power,
    "pow": np.power,
    "htanh": np.tanh,
    "cutlass::fast_exp": np.exp,
    "cutlass::fast_log": np.log,
    "cutlass::fast_tanh": np.tanh,
}


def find(name: str) -> Callable[[Build, Any], Code] | None:
    """The compiler of an external function, or None when it is unknown."""
    if name in FUNCTIONS:
        return elementwise(FUNCTIONS[name], first=1)
    if name.startswith("tl::AllReduce<"):
        return allreduce.find(name)
    return scan.find(name)
