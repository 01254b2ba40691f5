"""The error that each tensor operation inherits and adds. `rounding.py` has the constants."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tl_passlab.parity.rounding import COMPUTE, EXP_UNDERFLOW, FP8_ALIGNED, FP8_STEP, gamma

Rule = Callable[["Errors", Any, Any, Any], Any]


class Errors:
    """The error bound of every tensor seen so far; a tensor never seen is exact."""

    def __init__(self, operand_unit: float, raw_unit: float, *, eight_bit: bool = False) -> None:
        self.operand_unit = operand_unit
        self.raw_unit = raw_unit
        # Whether products are of eight-bit floats, which tensor cores add with fewer bits.
        self.eight_bit = eight_bit
        # The tensor is kept beside its bound: an id means nothing once its object is gone.
        self._known: dict[int, tuple[Any, Any]] = {}

    def of(self, value: Any) -> Any:
        """The bound of a tensor, zero where it is exact; a number is exact."""
        import torch

        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        return torch.zeros_like(value, dtype=torch.float64) if isinstance(value, torch.Tensor) else 0.0

    def inexact(self, value: Any) -> bool:
        """Whether anything was computed on the way to this tensor."""
        return id(value) in self._known

    def put(self, value: Any, error: Any) -> Any:
        """Remember a bound and return the tensor."""
        self._known[id(value)] = (value, error)
        return value

    def operand(self, value: Any) -> Any:
        """The bound of an operand of a matrix product, which reaches the tensor core in a narrow type."""
        unit = self.operand_unit if self.inexact(value) else self.raw_unit
        return self.of(value) + unit * value.abs()


def rule_for(func: Any) -> Rule:
    """The rule of an aten operation."""
    name = func.overloadpacket.__name__
    if name in MOVES:
        return _moved
    return RULES.get(name, _perturbed)


def _moved(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    """An operation that only moves elements moves their errors the same way."""
    from torch.utils._pytree import tree_map

    out = func(*args, **kwargs)
    if not any(errors.inexact(a) for a in _tensors(args)):
        return out
    first = [True]

    def error_of(value: Any) -> Any:
        # Only what is moved has errors; index tensors stay as they are.
        if _is_float(value) or first[0]:
            first[0] = False
            return errors.of(value)
        return value

    moved = func(*tree_map(lambda v: error_of(v) if _is_tensor(v) else v, args), **kwargs)
    if isinstance(out, (tuple, list)):
        for value, error in zip(out, moved, strict=True):
            errors.put(value, error)
        return out
    return errors.put(out, moved)


def _product(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    """mm, bmm, mv, dot: inherited through the absolute values, plus the accumulation of k products."""
    a, b = args
    out = func(a, b)
    if not out.dtype.is_floating_point:
        return out
    ea, eb = errors.operand(a), errors.operand(b)
    length = a.shape[-1]
    whole = func(a.double().abs(), b.double().abs())
    inherited = func(ea, b.double().abs() + eb) + func(a.double().abs(), eb)
    added = gamma(length) * (whole + inherited)
    return errors.put(out, inherited + added + (_cut_off(func, a, b) if errors.eight_bit else 0.0))


def _cut_off(func: Any, a: Any, b: Any) -> Any:
    """What a product of eight-bit floats loses: in each step every addend is cut off below the largest of them."""
    a, b = a.double(), b.double()
    rows = -2 if b.dim() > 1 else -1
    largest = a.abs().amax(-1, keepdim=b.dim() > 1) * b.abs().amax(rows, keepdim=b.dim() > 1)
    total, before = 0.0 * largest, 0.0 * largest
    for k in range(0, a.shape[-1], FP8_STEP):
        step = min(FP8_STEP, a.shape[-1] - k)
        after = before + func(a.narrow(-1, k, step), b.narrow(rows, k, step))
        total = total + (step + 1) * largest.maximum(before.abs()).maximum(after.abs())
        before = after
    return FP8_ALIGNED * total


def _sum(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    """sum, mean: of the errors, plus the accumulation."""
    out = func(*args, **kwargs)
    if not _is_float(args[0]):
        return out
    kwargs = {**kwargs, "dtype": None} if "dtype" in kwargs else kwargs
    length = max(args[0].numel() // max(out.numel(), 1), 1)
    inherited = func(errors.of(args[0]), *args[1:], **kwargs)
    whole = func(args[0].double().abs(), *args[1:], **kwargs)
    return errors.put(out, inherited + gamma(length) * (whole + inherited))


def _cumsum(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    """A scan of n terms in any association: as a sum of n."""
    out = func(*args, **kwargs)
    if not _is_float(args[0]):
        return out
    inherited = func(errors.of(args[0]), args[1])
    whole = func(args[0].double().abs(), args[1])
    return errors.put(out, inherited + gamma(args[0].shape[args[1]]) * (whole + inherited))


def _add(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    out = func(*args, **kwargs)
    if not _is_float(out):
        return out
    error = errors.of(args[0]) + errors.of(args[1]) * abs(kwargs.get("alpha", 1))
    return errors.put(out, error + COMPUTE * (out.double().abs() + error))


def _mul(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    out = func(*args, **kwargs)
    if not _is_float(out):
        return out
    a, b = (abs(v.double()) if _is_tensor(v) else abs(v) for v in args[:2])
    ea, eb = errors.of(args[0]), errors.of(args[1])
    error = a * eb + b * ea + ea * eb
    return errors.put(out, error + COMPUTE * (out.double().abs() + error))


def _div(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    out = func(*args, **kwargs)
    if not _is_float(out) or kwargs.get("rounding_mode"):
        return out if not _is_float(out) else _perturbed(errors, func, args, kwargs)
    divisor = abs(args[1].double()) if _is_tensor(args[1]) else abs(args[1])
    error = (errors.of(args[0]) + out.double().abs() * errors.of(args[1])) / divisor
    # A division is a reciprocal (1 ulp) and a product.
    return errors.put(out, error + 2 * COMPUTE * (out.double().abs() + error))


def _exp(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    """exp, exp2: an absolute error of the argument is a relative one of the result."""
    out = func(*args, **kwargs)
    if not _is_float(args[0]):
        return out
    import torch

    slope = math.log(2) if func.overloadpacket.__name__ == "exp2" else 1.0
    x = torch.nan_to_num(args[0].double().abs(), posinf=0.0)
    relative = torch.expm1(torch.nan_to_num(errors.of(args[0])) * slope) + (2 + 1.173 * x) * COMPUTE
    return errors.put(out, out.double().abs() * relative + EXP_UNDERFLOW)


def _softmax(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    """exp(x - max) / sum: the largest error of a row counts twice (numerator and denominator)."""
    import torch

    x, dim = args[0], args[1]
    out = func(*args, **kwargs)
    spread = torch.nan_to_num(x.double() - x.double().amax(dim, keepdim=True), neginf=0.0)
    inherited = torch.nan_to_num(errors.of(x)).amax(dim, keepdim=True) + COMPUTE * spread.abs()
    exponential = (2 + 1.173 * spread.abs()) * COMPUTE
    relative = torch.expm1(2 * inherited) + exponential + exponential.amax(dim, keepdim=True) + gamma(x.shape[dim])
    return errors.put(out, out.double() * relative + EXP_UNDERFLOW)


def _logsumexp(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    import torch

    x, dim = args[0], args[1]
    out = func(*args, **kwargs)
    keepdim = bool(args[2]) if len(args) > 2 else bool(kwargs.get("keepdim", False))
    inherited = torch.nan_to_num(errors.of(x)).amax(dim, keepdim=keepdim)
    length = math.prod(x.shape[d] for d in ([dim] if isinstance(dim, int) else dim))
    return errors.put(out, inherited + gamma(length) + 4 * COMPUTE * (1 + out.double().abs()))


def _perturbed(errors: Errors, func: Any, args: Any, kwargs: Any) -> Any:
    """Any other operation: evaluated again with its operands moved by their errors, to four corners.

    It finds the inherited error of functions that are monotone in each operand, which is what references are made of.
    An in-place operation is evaluated on copies.
    """
    import torch
    from torch.utils._pytree import tree_map

    def moved(signs: dict[int, int]) -> Any:
        def one(value: Any) -> Any:
            if not _is_tensor(value):
                return value
            if not (_is_float(value) and errors.inexact(value)):
                return value.clone()
            return (value.double() + signs[id(value)] * errors.of(value)).to(value.dtype)

        return func(*tree_map(one, args), **kwargs)

    operands = [id(t) for t in _tensors(args) if errors.inexact(t)]
    corners = [{o: 1 for o in operands}, {o: -1 for o in operands}]
    corners += [{o: (-1) ** (i + flip) for i, o in enumerate(operands)} for flip in (0, 1)] if len(operands) > 1 else []
    others = [moved(signs) for signs in corners] if operands else []
    out = func(*args, **kwargs)
    results = out if isinstance(out, (tuple, list)) else (out,)
    for index, value in enumerate(results):
        if not _is_float(value):
            continue
        error = torch.zeros_like(value, dtype=torch.float64)
        for other in others:
            there = (other if isinstance(other, (tuple, list)) else (other,))[index]
            error = torch.maximum(error, torch.nan_to_num((there.double() - value.double()).abs()))
        adds = 0.0 if func.overloadpacket.__name__.rstrip("_") in EXACT else 2 * COMPUTE
        if others or adds:
            errors.put(value, error + adds * value.double().abs() + (adds > 0) * _underflow(args))
    return out


def _underflow(args: Any) -> float:
    """A factor of the function may be flushed to zero below the smallest normal number, and is scaled by an operand."""
    import torch

    largest = [
        torch.nan_to_num(t.double().abs(), posinf=0.0).max() for t in _tensors(args) if _is_float(t) and t.numel()
    ]
    return EXP_UNDERFLOW * (1 + max((float(x) for x in largest), default=0.0))


def _is_tensor(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


def _is_float(value: Any) -> bool:
    return _is_tensor(value) and bool(value.dtype.is_floating_point)


def _tensors(args: Any) -> list[Any]:
    from torch.utils._pytree import tree_leaves

    return [leaf for leaf in tree_leaves(args) if _is_tensor(leaf)]


MOVES = frozenset(
    (
        *("t", "transpose", "permute", "view", "_unsafe_view", "expand", "unsqueeze", "squeeze", "reshape", "flip"),
        *("slice", "select", "index", "gather", "index_select", "narrow", "diagonal", "triu", "tril", "unfold", "roll"),
        *("clone", "alias", "detach", "cat", "stack", "split", "split_with_sizes", "unbind", "repeat", "as_strided"),
    )
)
# Operations that round nothing: they choose, negate, convert or compare.
EXACT = frozenset(
    (
        *("_to_copy", "copy", "neg", "abs", "amax", "amin", "max", "min", "maximum", "minimum", "clamp", "where"),
        *("masked_fill", "fill", "relu", "sort", "topk", "scatter", "index_put", "index_copy", "index_fill", "zero"),
        *("lift_fresh", "zeros_like", "ones_like", "full_like", "empty_like", "new_zeros", "new_full", "nan_to_num"),
        *("floor", "ceil", "round", "trunc", "sign", "constant_pad_nd", "zeros", "ones", "full", "arange", "empty"),
    )
)
RULES: dict[str, Rule] = {
    "mm": _product,
    "bmm": _product,
    "mv": _product,
    "dot": _product,
    "sum": _sum,
    "mean": _sum,
    "cumsum": _cumsum,
    "add": _add,
    "sub": _add,
    "mul": _mul,
    "div": _div,
    "exp": _exp,
    "exp2": _exp,
    "_softmax": _softmax,
    "logsumexp": _logsumexp,
}
