"""Boundary shapes of a case: one element, one tile less one, one tile, one tile more, longer than declared, primes.

Which sizes are dimensions, and of what tile, is read from the kernel's source: `T.ceildiv(M, 64)` makes M a dimension
that the kernel covers with tiles of 64, whole or not; `M // 64` makes it one that must be a multiple of 64. Sizes
that are neither (stages, heads, bins) keep their value.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tl_passlab.model import CaseInfo
from tl_passlab.parity.protocol import Parameter

# Kernels that divide with ceildiv and are still right for whole tiles only. Each entry says why.
WHOLE_TILES_ONLY: dict[str, dict[str, str]] = {
    "attention/flash_forward": {"seq": "keys past the end are not masked: their scores are 0, not minus infinity"},
}
PRIMES_OF_A_TILE = (1.1, 1.6, 2.3, 0.7)


@dataclass(frozen=True)
class Dimension:
    """A size that is a dimension: its tile, and whether part of a tile is allowed."""

    tile: int
    ragged: bool


def dimensions(case: CaseInfo) -> dict[str, Dimension]:
    """The dimensions among the sizes of a case."""
    ceil: dict[str, int] = {}
    exact: dict[str, int] = {}
    for function in _functions(case):
        for name, tile, rounds_up in _divisions(function):
            found = ceil if rounds_up else exact
            found[name] = max(tile, found.get(name, 1))
    whole = WHOLE_TILES_ONLY.get(case.name, {})
    return {
        name: Dimension(max(ceil.get(name, 1), exact.get(name, 1)), name not in exact and name not in whole)
        for name, value in case.sizes.items()
        if (name in ceil or name in exact) and isinstance(value, int)
    }


def boundary_sizes(case: CaseInfo) -> dict[str, dict[str, Any]]:
    """Name of the variant -> all sizes. The declared sizes come first; equal variants appear once."""
    found = dimensions(case)
    variants: dict[str, dict[str, Any]] = {"declared": dict(case.sizes)}
    if found:
        sizes, names = case.sizes, list(found)
        steps: dict[str, Callable[[Dimension, int], int]] = {
            "one": lambda d, i: 1 if d.ragged else d.tile,
            "tile-1": lambda d, i: max(d.tile - 1, 1) if d.ragged else d.tile,
            "tile": lambda d, i: d.tile if d.ragged else 2 * d.tile,
            "tile+1": lambda d, i: d.tile + 1 if d.ragged else 3 * d.tile,
            "longer": lambda d, i: sizes[names[i]] + d.tile + int(d.ragged),
            "primes": lambda d, i: _prime_near(d.tile, i) if d.ragged else (5, 7, 3, 11)[i % 4] * d.tile,
        }
        for label, step in steps.items():
            varied = {name: step(d, i) for i, (name, d) in enumerate(found.items())}
            variants[label] = {**case.sizes, **varied}
    return _distinct(variants)


def tiles_of(
    case: CaseInfo, declared: Callable[[Mapping[str, Any]], Sequence[Parameter]]
) -> dict[str, tuple[int, ...]]:
    """Parameter name -> the tile of each of its dimensions, 0 where there is none.

    The kernel is built once with a different number of tiles for each dimension; extents are recognised by it.
    """
    found = dimensions(case)
    probe = {name: d.tile * (1009 + 2 * i) for i, (name, d) in enumerate(found.items())}
    tile_at = {probe[name]: d.tile for name, d in found.items()}
    return {p.name: tuple(tile_at.get(e or 0, 0) for e in p.shape) for p in declared(probe)}


def _distinct(variants: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    seen: dict[str, dict[str, Any]] = {}
    for label, sizes in variants.items():
        if sizes not in seen.values():
            seen[label] = sizes
    return seen


def _prime_near(tile: int, index: int) -> int:
    """The first prime above the tile times a factor, another one for each dimension."""
    number = int(tile * PRIMES_OF_A_TILE[index % len(PRIMES_OF_A_TILE)]) + 1
    while number < 2 or any(number % d == 0 for d in range(2, int(number**0.5) + 1)):
        number += 1
    return number


def _functions(case: CaseInfo) -> Iterator[ast.AST]:
    """The syntax trees of `kernel`, `inputs` and `reference`, and of what they borrow from other cases."""
    seen: set[tuple[Path, str]] = set()
    waiting = [(case.path, name) for name in ("kernel", "inputs", "reference")]
    while waiting:
        place = waiting.pop()
        if place in seen or not place[0].is_file():
            continue
        seen.add(place)
        tree = ast.parse(place[0].read_text(encoding="utf-8"))
        imported = _imported(tree, place[0])
        function = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == place[1]), None)
        if function is None:
            if place[1] in imported:
                waiting.append(imported[place[1]])
            continue
        yield function
        waiting += _borrowed(function, imported)


def _imported(tree: ast.Module, path: Path) -> dict[str, tuple[Path, str]]:
    """Local name -> file and name, of what a file takes from the `cases` package that it lies in."""
    root = next((p.parent for p in path.parents if p.name == "cases"), path.parent)
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "cases":
            folder = root.joinpath(*(node.module or "").split("."))
            for alias in node.names:
                module = folder / f"{alias.name}.py"
                place = (module, "") if module.is_file() else (folder.with_suffix(".py"), alias.name)
                found[alias.asname or alias.name] = place
    return found


def _borrowed(function: ast.AST, imported: Mapping[str, tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    """The functions of other cases that a function calls: `_flash.kernel(...)`, `kernel(...)`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in imported:
            yield imported[node.func.id]
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            path, inner = imported.get(node.func.value.id, (None, ""))
            if path is not None and not inner:
                yield path, node.func.attr


def _divisions(tree: ast.AST) -> Iterator[tuple[str, int, bool]]:
    """(name, tile, rounds up) for each `T.ceildiv(name, tile)` and each `name // tile`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "ceildiv":
            if len(node.args) == 2:
                yield from _division(node.args[0], node.args[1], rounds_up=True)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            yield from _division(node.left, node.right, rounds_up=False)


def _division(left: ast.expr, right: ast.expr, *, rounds_up: bool) -> Iterator[tuple[str, int, bool]]:
    if isinstance(left, ast.Name) and isinstance(right, ast.Constant) and isinstance(right.value, int):
        yield left.id, right.value, rounds_up
