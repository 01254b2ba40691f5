"""Tile-level reductions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import arith, axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops.reducer import identity
from tl_passlab.interp.program import DYNAMIC, Code
from tl_passlab.interp.region import Region

Fold = Callable[[Any, Any], Any]
FOLDS: dict[str, tuple[Fold, Callable[[Any], Any]]] = {
    "sum": (lambda x, y: x + y, lambda v: v),
    "abssum": (lambda x, y: x + y, np.abs),
    "max": (arith.maximum, lambda v: v),
    "absmax": (arith.maximum, np.abs),
    "min": (arith.minimum, lambda v: v),
    "bitand": (lambda x, y: x & y, lambda v: v),
    "bitor": (lambda x, y: x | y, lambda v: v),
    "bitxor": (lambda x, y: x ^ y, lambda v: v),
}
# Which reducer starts from the value that a reduction over nothing gives, where that is not the one of its name.
STARTS = {"abssum": "sum", "absmax": "sum"}


def fold_axis(values: Any, axis: int, fold: Fold, empty: Any) -> Any:
    """Fold one axis pairwise, in the element type; the order only matters for floats."""
    parts = np.moveaxis(values, axis, 0)
    if not parts.shape[0]:
        return np.full(parts.shape[1:], empty, dtype=values.dtype)
    while parts.shape[0] > 1:
        half = parts.shape[0] // 2
        merged = fold(parts[:half], parts[half : 2 * half])
        parts = merged if parts.shape[0] % 2 == 0 else np.concatenate([merged, parts[-1:]])
    return parts[0]


def _reduce(b: Build, call: Any) -> Code:
    args = list(call.args)
    source, target = Region(b, args[0]), Region(b, args[1])
    kind, axis, clear, site = str(args[2].value), literal(args[3]), b.expr(args[4]).run, b.site
    if kind not in FOLDS:
        raise Unsupported(f"tl.tileop.reduce {kind}")
    fold, prepare = FOLDS[kind]

    def run(a: Any) -> None:
        of, to = source.at(a), target.at(a)
        if of.per_lane:
            raise Unsupported("tl.tileop.reduce of per-thread memory")
        values = prepare(dtypes.cast(of.load(a, site), to.dtype))
        empty = identity(STARTS.get(kind, kind), to.dtype)
        folded = fold_axis(values, _axis(axis, values.ndim), fold, empty).reshape(to.shape)
        if not axes.uniform(clear(a)):
            folded = fold(to.load(a, site), folded)
        to.store(a, dtypes.cast(folded, to.dtype), site)

    return Code(run, DYNAMIC)


def _axis(axis: int, rank: int) -> int:
    return axis + rank if axis < 0 else axis


OPS = {
    "tl.tileop.reduce": _reduce,
}
TOGETHER = tuple(OPS)
