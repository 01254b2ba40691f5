"""Expressions as closures: constants fold, and what depends on lanes alone is computed once."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import arith, axes, dtypes
from tl_passlab.interp.access import compile_load
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops import lookup
from tl_passlab.interp.program import DYNAMIC, LANES, Code

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": arith.divide,
    "Mod": arith.truncated_mod,
    "FloorDiv": arith.floor_div,
    "FloorMod": arith.floor_mod,
    "Min": arith.minimum,
    "Max": arith.maximum,
    "EQ": operator.eq,
    "NE": operator.ne,
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}
OVERFLOWING = {"Add", "Sub", "Mul"}


def expr(b: Build, node: Any) -> Code:
    """Compile one expression."""
    kind = type(node).__name__
    if kind in BINARY:
        return _binary(b, kind, node)
    compiler = EXPRESSIONS.get(kind)
    if compiler is None:
        raise Unsupported(f"expression {kind}")
    return compiler(b, node)


def constant(value: Any) -> Code:
    """A value known at compile time."""
    return Code(lambda _: value, 0, value, leaf=True)


def combine(b: Build, function: Callable[..., Any], *parts: Code) -> Code:
    """Apply a pure function to compiled operands: fold constants, hoist what depends on lanes alone."""
    depends = 0
    for part in parts:
        depends |= part.depends
    if depends == 0:
        return constant(function(*(p.constant for p in parts)))
    if depends != LANES:
        parts = tuple(b.hoist(p) for p in parts)
    runs = [p.run for p in parts]
    if len(runs) == 1:
        (only,) = runs
        return Code(lambda a: function(only(a)), depends)
    if len(runs) == 2:
        return _pair(function, parts, depends)
    return Code(lambda a: function(*[run(a) for run in runs]), depends)


def _pair(function: Callable[..., Any], parts: tuple[Code, ...], depends: int) -> Code:
    left, right = parts
    x, y = left.run, right.run
    if right.is_constant:
        k = right.constant
        return Code(lambda a: function(x(a), k), depends)
    return Code(lambda a: function(x(a), y(a)), depends)


def _binary(b: Build, kind: str, node: Any) -> Code:
    function = BINARY[kind]
    if kind in OVERFLOWING and str(node.dtype).startswith("uint"):
        function = arith.wrapping(function, dtypes.numpy_type(str(node.dtype)))
    return combine(b, function, expr(b, node.a), expr(b, node.b))


def _int_imm(b: Build, node: Any) -> Code:
    value = int(node.value)
    return constant(bool(value) if str(node.dtype) == "bool" else value)


def _float_imm(b: Build, node: Any) -> Code:
    return constant(dtypes.numpy_type(str(node.dtype)).type(float(node.value)))


def _cast(b: Build, node: Any) -> Code:
    dtype = dtypes.numpy_type(str(node.dtype))
    return combine(b, lambda v: dtypes.cast(v, dtype), expr(b, node.value))


def _ramp(b: Build, node: Any) -> Code:
    steps = axes.along(axes.VECTOR, np.arange(int(node.lanes)))
    code = combine(b, lambda base, stride: base + stride * steps, expr(b, node.base), expr(b, node.stride))
    if code.is_constant:
        value = code.constant
        return Code(lambda _: value, LANES, leaf=True)
    return Code(code.run, code.depends | LANES)


def _broadcast(b: Build, node: Any) -> Code:
    return expr(b, node.value)


def _shuffle(b: Build, node: Any) -> Code:
    vectors = [expr(b, v) for v in node.vectors]
    picks = [int(i) for i in node.indices]
    runs = [v.run for v in vectors]
    widths = [dtypes.split(str(v.dtype))[1] for v in node.vectors]

    def shuffle(a: Any) -> Any:
        columns = []
        for run, width in zip(runs, widths, strict=True):
            value = np.asarray(run(a)).reshape((1,) * axes.RANK) if not isinstance(run(a), np.ndarray) else run(a)
            columns += [value[..., i : i + 1] if value.shape[-1] > 1 else value for i in range(width)]
        return columns[picks[0]] if len(picks) == 1 else _stack([columns[i] for i in picks])

    return Code(shuffle, DYNAMIC)


def _stack(columns: list[Any]) -> Any:
    shape = np.broadcast_shapes(*(c.shape for c in columns))
    return np.concatenate([np.broadcast_to(c, shape) for c in columns], axis=axes.VECTOR)


def guarded(b: Build, condition: Code, yes: Code, no: Code) -> Code:
    """`condition ? yes : no` where only the lanes that take a side evaluate it, as on the device."""
    depends = condition.depends | yes.depends | no.depends
    test, run_yes, run_no = b.hoist(condition).run, b.hoist(yes).run, b.hoist(no).run
    pure = not ((yes.depends | no.depends) & DYNAMIC)

    def choose(a: Any) -> Any:
        chosen = test(a)
        if not isinstance(chosen, np.ndarray):
            return run_yes(a) if chosen else run_no(a)
        if pure:
            return np.where(chosen, run_yes(a), run_no(a))
        outer = a.mask
        a.mask = axes.both(outer, chosen)
        left = run_yes(a)
        a.mask = axes.both(outer, np.logical_not(chosen))
        right = run_no(a)
        a.mask = outer
        return np.where(chosen, left, right)

    if depends == 0:
        return yes if condition.constant else no
    return Code(choose, depends)


def _select(b: Build, node: Any) -> Code:
    return guarded(b, expr(b, node.condition), expr(b, node.true_value), expr(b, node.false_value))


def _and(b: Build, node: Any) -> Code:
    left, right = expr(b, node.a), expr(b, node.b)
    if right.depends & DYNAMIC:
        return guarded(b, left, right, constant(False))
    return combine(b, arith.logical_and, left, right)


def _or(b: Build, node: Any) -> Code:
    left, right = expr(b, node.a), expr(b, node.b)
    if right.depends & DYNAMIC:
        return guarded(b, left, constant(True), right)
    return combine(b, arith.logical_or, left, right)


def _not(b: Build, node: Any) -> Code:
    return combine(b, arith.logical_not, expr(b, node.a))


def _let(b: Build, node: Any) -> Code:
    value = expr(b, node.value)
    slot = b.bind(node.var, value.depends)
    body = expr(b, node.body)
    run_value, run_body = value.run, body.run

    def let(a: Any) -> Any:
        a.env[slot] = run_value(a)
        return run_body(a)

    return Code(let, value.depends | body.depends | DYNAMIC)


def _call(b: Build, node: Any) -> Code:
    return lookup.compile_call(b, node)


EXPRESSIONS: dict[str, Callable[[Build, Any], Code]] = {
    "IntImm": _int_imm,
    "FloatImm": _float_imm,
    "StringImm": lambda b, node: constant(str(node.value)),
    "Var": lambda b, node: b.variable(node),
    "SizeVar": lambda b, node: b.variable(node),
    "BufferLoad": lambda b, node: compile_load(b, node),
    "Cast": _cast,
    "Ramp": _ramp,
    "Broadcast": _broadcast,
    "Shuffle": _shuffle,
    "Select": _select,
    "And": _and,
    "Or": _or,
    "Not": _not,
    "Let": _let,
    "Call": _call,
}
