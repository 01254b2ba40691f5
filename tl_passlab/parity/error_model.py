"""Runs a float64 reference and carries along, for every element, a bound on what a float32 kernel may differ by.

A running error analysis (Higham, Accuracy and Stability, 3.3): each tensor operation of the reference is executed, and
beside it the error it inherits from its operands (its condition) and the error it adds (its rounding). So the bound
follows from the types, the accumulation lengths and the values at hand, and nobody types in a tolerance. `rounding.py`
has the constants and their sources; `error_rules.py` the rule of each operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tl_passlab.parity.error_rules import Errors, rule_for
from tl_passlab.parity.rounding import SMALLEST, TF32_TRUNCATED, UNIT, operand_unit


def bounded_reference(
    reference: Callable[..., Mapping[str, Any]], inputs: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """Output name -> (reference value, bound on the error before the output is rounded to its own type).

    The bound of an output that is no floating-point tensor is zero: such outputs are exact.
    """
    import torch

    dtypes = {str(t.dtype).removeprefix("torch.") for t in inputs.values() if t.dtype.is_floating_point}
    raw_unit = TF32_TRUNCATED if dtypes == {"float32"} else 0.0
    eight_bit = bool(dtypes) and all(dtype.startswith("float8") for dtype in dtypes)
    errors = Errors(operand_unit(dtypes), raw_unit, eight_bit=eight_bit)
    with _watching(errors):
        outputs = dict(reference(**inputs))
    return {
        name: (
            value,
            errors.of(value) if value.dtype.is_floating_point else torch.zeros_like(value, dtype=torch.float64),
        )
        for name, value in outputs.items()
    }


def output_bound(value: Any, error: Any, dtype: str) -> Any:
    """The whole bound: what the computation may add, and the rounding to the type of the output."""
    if dtype not in UNIT:
        return error
    return error + UNIT[dtype] * (value.double().abs() + error) + SMALLEST[dtype] * (error > 0)


def _watching(errors: Errors) -> Any:
    """A torch mode that sees every operation, decompositions included. torch may not be imported with this module."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Watch(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return rule_for(func)(errors, func, args, kwargs or {})

    return Watch()
