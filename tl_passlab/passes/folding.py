"""Folds an index expression of printed IR to a number, as far as its names have values; what is left stays text.

TVMScript expressions are Python expressions, so Python's own parser reads them. Two expressions that mean one element
fold to one text: `A[by * 64, (ko + 1) * 32]` in the iteration before is `A[by * 64, ko * 32]` in this one.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Value = int | str
_BINARY: Mapping[type, tuple[str, Callable[[int, int], int]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.BitXor: ("^", operator.xor),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.LShift: ("<<", operator.lshift),
    ast.RShift: (">>", operator.rshift),
}
_COMPARED: Mapping[type, tuple[str, Callable[[int, int], bool]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
}
_CALLED: Mapping[str, Callable[..., int]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": operator.floordiv,
    "FloorDiv": operator.floordiv,
    "FloorMod": operator.mod,
    "truncdiv": operator.floordiv,
    "truncmod": operator.mod,
    "Mod": operator.mod,
    "min": min,
    "max": max,
    "Min": min,
    "Max": max,
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
    "bitwise_xor": operator.xor,
    "shift_left": operator.lshift,
    "shift_right": operator.rshift,
    "ceildiv": lambda a, b: -(-a // b),
    "bool": int,
    "int32": int,
    "int64": int,
    "Cast": lambda _, value: value,
}


class Versions(NamedTuple):
    """How many versions a buffer has, and its dimensions with that of the versions: a view of it may have fewer."""

    number: int
    rank: int


@dataclass
class Scope:
    """The values of names, the buffers' own names, and which buffers have a leading version dimension.

    `reads` and `writes` collect what a folded expression touches: buffer and version (0 where it has none). `memory`
    has the elements whose value is known.
    """

    values: dict[str, Value] = field(default_factory=dict)
    buffers: dict[str, str] = field(default_factory=dict)
    versions: dict[str, Versions] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    reads: list[tuple[str, Value]] = field(default_factory=list)
    writes: list[tuple[str, Value]] = field(default_factory=list)
    unbound: set[str] = field(default_factory=set)
    memory: dict[str, Value] = field(default_factory=dict)


def fold(node: ast.expr, scope: Scope) -> Value:
    """The value of an expression, or its text with every part that has a value folded."""
    if isinstance(node, ast.Constant):
        return int(node.value) if isinstance(node.value, bool | int) else repr(node.value)
    if isinstance(node, ast.Name):
        return _name(node.id, scope)
    if isinstance(node, ast.BinOp):
        return _binary(node, scope)
    if isinstance(node, ast.Compare):
        return _compare(node, scope)
    if isinstance(node, ast.BoolOp):
        return _logical(node, scope)
    if isinstance(node, ast.UnaryOp):
        return _unary(node, scope)
    if isinstance(node, ast.Call):
        return _call(node, scope)
    if isinstance(node, ast.Subscript):
        buffer, version, text = element(node, scope)
        scope.reads.append((buffer, version))
        return scope.memory.get(text, text)
    if isinstance(node, ast.Tuple | ast.List):
        return f"[{', '.join(str(fold(part, scope)) for part in node.elts)}]"
    if isinstance(node, ast.Slice):
        parts = [part for part in (node.lower, node.upper) if part is not None]
        return ":".join(str(fold(part, scope)) for part in parts)
    if isinstance(node, ast.Attribute):
        return f"{fold(node.value, scope)}.{node.attr}"
    return ast.unparse(node)


def _name(name: str, scope: Scope) -> Value:
    if name in scope.values:
        if name in scope.free:
            scope.unbound.add(name)
        return scope.values[name]
    return scope.buffers.get(name, name)


def _binary(node: ast.BinOp, scope: Scope) -> Value:
    left, right = fold(node.left, scope), fold(node.right, scope)
    sign, compute = _BINARY.get(type(node.op), (type(node.op).__name__, None))
    if isinstance(left, int) and isinstance(right, int) and compute is not None:
        return compute(left, right) if right or sign not in ("//", "%") else f"({left} {sign} 0)"
    return f"({left} {sign} {right})"


def _compare(node: ast.Compare, scope: Scope) -> Value:
    parts = [fold(part, scope) for part in (node.left, *node.comparators)]
    said = [_COMPARED[type(op)] for op in node.ops]
    numbers = [part for part in parts if isinstance(part, int)]
    if len(numbers) == len(parts):
        return int(all(compute(a, b) for (_, compute), a, b in zip(said, numbers, numbers[1:], strict=False)))
    return " ".join([str(parts[0]), *(f"{sign} {part}" for (sign, _), part in zip(said, parts[1:], strict=True))])


def _logical(node: ast.BoolOp, scope: Scope) -> Value:
    parts = [fold(part, scope) for part in node.values]
    stops = isinstance(node.op, ast.Or)
    known = [bool(part) for part in parts if isinstance(part, int)]
    unknown = [part for part in parts if isinstance(part, str)]
    if stops in known or not unknown:
        return int(stops in known) if stops else int(False not in known)
    return (" or " if stops else " and ").join(unknown)


def _unary(node: ast.UnaryOp, scope: Scope) -> Value:
    value = fold(node.operand, scope)
    if isinstance(value, int):
        return int(not value) if isinstance(node.op, ast.Not) else -value
    return f"not {value}" if isinstance(node.op, ast.Not) else f"-{value}"


def _call(node: ast.Call, scope: Scope) -> Value:
    """A call without its keyword arguments: they annotate, and a pass may add some."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    if name == "region" and isinstance(node.args[0], ast.Subscript):
        return _region(node, node.args[0], scope)
    parts = [fold(part, scope) for part in node.args]
    numbers = [part for part in parts if isinstance(part, int)]
    if name in _CALLED and parts and len(numbers) == len([p for p in parts if p != "'int32'"]):
        return _CALLED[name](*(parts if name == "Cast" else numbers))
    if name in ("if_then_else", "Select") and isinstance(parts[0], int):
        return parts[1 if parts[0] else 2]
    return f"{name}({', '.join(map(str, parts))})"


def _region(node: ast.Call, place: ast.Subscript, scope: Scope) -> str:
    """`T.region(buffer[...], 1 read | 2 write | 3 both, extents)`, without the extent of the version dimension."""
    buffer, version, text = element(place, scope)
    mode, *extents = (fold(part, scope) for part in node.args[1:])
    if mode in (1, 3):
        scope.reads.append((buffer, version))
    if mode in (2, 3):
        scope.writes.append((buffer, version))
    if _has_version(buffer, len(indices_of(place)), scope):
        extents = extents[1:]
    return f"region({text}, {mode}, {', '.join(map(str, extents))})"


def element(node: ast.Subscript, scope: Scope) -> tuple[str, Value, str]:
    """Buffer, version (0 where it has none) and text without the version of an access."""
    buffer = str(fold(node.value, scope))
    indices = [fold(part, scope) for part in indices_of(node)]
    version: Value = 0
    if _has_version(buffer, len(indices), scope):
        version, *indices = indices
    return buffer, version, f"{buffer}[{', '.join(map(str, indices))}]"


def indices_of(node: ast.Subscript) -> list[ast.expr]:
    """The indices of an access."""
    return list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]


def _has_version(buffer: str, indices: int, scope: Scope) -> bool:
    return buffer in scope.versions and scope.versions[buffer].rank == indices
