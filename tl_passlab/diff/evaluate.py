"""The values of an integer expression over all values of its variables: a column of them at a time.

Most of the time of a proof goes here, and one dump asks what the last one asked, so answers are kept.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from itertools import islice, product

from tl_passlab.diff.polynomial import Atom, Key
from tl_passlab.diff.ranges import Range

# The first columns are short: most expressions that are not constant show it at once.
FIRST, REST = 64, 8192

Column = list[int]


def numbered(part: object, places: Mapping[Atom, int]) -> object:
    """An atom or a polynomial's key with its variables called by number."""
    if not isinstance(part, tuple):
        return part
    if part in places:
        return ("variable", places[part])
    return tuple(numbered(item, places) for item in part)


@functools.lru_cache(maxsize=1 << 14)
def constant_value(poly: object, domains: tuple[Range, ...]) -> int | None:
    """The value of a numbered expression that is the same for all values of its variables; None when it is not."""
    points = product(*(range(low, high + 1) for low, high in domains))
    value: int | None = None
    size = FIRST
    while rows := list(islice(points, size)):
        columns = [list(column) for column in zip(*rows, strict=True)]
        found = set(_values(poly, columns, len(rows)))  # type: ignore[arg-type]
        value = next(iter(found)) if value is None else value
        if found != {value}:
            return None
        size = REST
    return value


def _values(poly: Key, columns: Sequence[Column], count: int) -> Column:
    total = [0] * count
    for term, coefficient in poly:
        product_of = [coefficient] * count
        for atom in term:
            product_of = [a * b for a, b in zip(product_of, _atom_values(atom, columns, count), strict=True)]
        total = [a + b for a, b in zip(total, product_of, strict=True)]
    return total


def _atom_values(atom: Atom, columns: Sequence[Column], count: int) -> Column:
    operation, *parts = atom
    if operation == "variable":
        return columns[parts[0]]  # type: ignore[call-overload, no-any-return]
    left = _values(parts[0], columns, count)  # type: ignore[arg-type]
    if operation in _TESTS:
        return list(map(_TESTS[operation], left))
    right = _values(parts[1], columns, count)  # type: ignore[arg-type]
    return list(map(_OPERATIONS[str(operation)], left, right))


def _truncdiv(left: int, right: int) -> int:
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


_TESTS: dict[object, Callable[[int], int]] = {
    "lt0": lambda a: int(a < 0),
    "eq0": lambda a: int(a == 0),
    "ne0": lambda a: int(a != 0),
    "not": lambda a: int(not a),
}
_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "floordiv": lambda a, b: a // b,
    "floormod": lambda a, b: a % b,
    "truncdiv": _truncdiv,
    "truncmod": lambda a, b: a - _truncdiv(a, b) * b,
    "and": lambda a, b: int(bool(a) and bool(b)),
    "or": lambda a, b: int(bool(a) or bool(b)),
    "min": min,
    "max": max,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
}
