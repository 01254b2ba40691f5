"""Metal simdgroup matrices: 8x8 tiles that belong to a whole SIMD group of 32 lanes."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tl_passlab.interp import axes, dtypes
from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops.ldmatrix import whole_warps
from tl_passlab.interp.ops.numeric import multiply
from tl_passlab.interp.ops.pointer import pointer, remembered
from tl_passlab.interp.program import DYNAMIC, Code

SIDE = 8
SIZE = SIDE * SIDE


def _tiles(a: Any, start: Any, number: Any) -> Any:
    """Indices of one matrix of each SIMD group, as [group, row, column]."""
    which = axes.uniform(number)
    if which is None:
        raise Unsupported("simdgroup matrix index that differs between lanes")
    unit = start.dtype.itemsize
    return _tile_indices(a.warps.tobytes(), int(which), start.offset // unit, start.mem.row_bytes // unit)


@functools.lru_cache(maxsize=4096)
def _tile_indices(groups: bytes, which: int, first: int, row: int) -> Any:
    base: Any = which * SIZE + np.arange(SIZE).reshape(SIDE, SIDE) + first
    return np.frombuffer(groups, dtype=np.int64).reshape(-1, 1, 1) * row + base


def _fill(b: Build, call: Any) -> Code:
    args = list(call.args)
    target, number, value, site = pointer(b, args[0]), b.expr(args[1]).run, b.expr(args[2]).run, b.site

    def run(a: Any) -> None:
        if not whole_warps(a, "make_filled_simdgroup_matrix", site):
            return
        to = target(a)
        index = _tiles(a, to, number(a))
        if a.watch is not None:
            a.watch.write(a, to.mem, index, to.dtype.itemsize, site)
        to.mem.view(to.dtype)[index] = dtypes.cast(axes.uniform(value(a)), to.dtype)

    return Code(run, DYNAMIC)


def _places(a: Any, pointer_: Any, stride: int, *, transposed: bool) -> Any:
    """Element indices of an 8x8 tile in memory, for each SIMD group; None when some are outside."""
    index = _spread(a, pointer_, stride, transposed=transposed)
    limit = pointer_.mem.nbytes // pointer_.dtype.itemsize
    return index if index.min() >= 0 and index.max() < limit else None


def _spread(a: Any, pointer_: Any, stride: int, *, transposed: bool) -> Any:
    unit = pointer_.dtype.itemsize
    first = axes.lanes_of(pointer_.offset, a.count).reshape(-1, WARP)[:, 0] // unit
    row, column = np.arange(SIDE)[:, None], np.arange(SIDE)[None, :]
    step = column * stride + row if transposed else row * stride + column
    return first.reshape(-1, 1, 1) + step


def _clipped(a: Any, pointer_: Any, stride: int, *, transposed: bool, site: int) -> Any:
    index = _spread(a, pointer_, stride, transposed=transposed)
    unit = pointer_.dtype.itemsize
    limit = pointer_.mem.nbytes // unit
    a.m.report_outside(a, pointer_.mem, index, limit, unit, site)
    return np.clip(index, 0, limit - 1)


def _move(b: Build, call: Any, *, loads: bool) -> Code:
    args = list(call.args)
    matrix, number, memory = pointer(b, args[0]), b.expr(args[1]).run, pointer(b, args[2])
    stride, transposed, site, memo = b.expr(args[3]).run, bool(literal(args[6])), b.site, b.memo()

    def run(a: Any) -> None:
        if not whole_warps(a, "simdgroup_load" if loads else "simdgroup_store", site):
            return
        tile, other = matrix(a), memory(a)
        if other.mem.rows > 1:
            raise Unsupported("simdgroup access of per-thread memory")
        inner = _tiles(a, tile, number(a))
        step = int(axes.uniform(stride(a)))
        outer = remembered(
            a, memo, other.offset, (step, other.mem.nbytes), lambda: _places(a, other, step, transposed=transposed)
        )
        if outer is None:
            outer = _clipped(a, other, step, transposed=transposed, site=site)
        unit, far = tile.dtype.itemsize, other.dtype.itemsize
        if loads:
            if a.watch is not None:
                a.watch.read_rows(a, other.mem, outer, far, site)
                a.watch.write(a, tile.mem, inner, unit, site)
            tile.mem.view(tile.dtype)[inner] = dtypes.cast(other.mem.view(other.dtype)[outer], tile.dtype)
            return
        if a.watch is not None:
            a.watch.read(a, tile.mem, inner, unit, site)
            a.watch.write_rows(a, other.mem, outer, far, site)
        other.mem.view(other.dtype)[outer] = dtypes.cast(tile.mem.view(tile.dtype)[inner], other.dtype)

    return Code(run, DYNAMIC)


def _multiply(b: Build, call: Any) -> Code:
    args = list(call.args)
    starts = [pointer(b, args[i]) for i in (0, 2, 4, 6)]
    numbers = [b.expr(args[i]).run for i in (1, 3, 5, 7)]
    site = b.site

    def run(a: Any) -> None:
        if not whole_warps(a, "simdgroup_multiply_accumulate", site):
            return
        tiles = [start(a) for start in starts]
        indices = [_tiles(a, t, n(a)) for t, n in zip(tiles, numbers, strict=True)]
        if a.watch is not None:
            for t, index in list(zip(tiles, indices, strict=True))[1:]:
                a.watch.read(a, t.mem, index, t.dtype.itemsize, site)
            a.watch.write(a, tiles[0].mem, indices[0], tiles[0].dtype.itemsize, site)
        x, y, z = (t.mem.view(t.dtype)[i] for t, i in list(zip(tiles, indices, strict=True))[1:])
        out = tiles[0].dtype
        total = multiply(x, y, "", out) + z
        tiles[0].mem.view(out)[indices[0]] = total.astype(out)

    return Code(run, DYNAMIC)


OPS = {
    "tirx.make_filled_simdgroup_matrix": _fill,
    "tirx.simdgroup_load": lambda b, call: _move(b, call, loads=True),
    "tirx.simdgroup_store": lambda b, call: _move(b, call, loads=False),
    "tirx.simdgroup_multiply_accumulate": _multiply,
}
TOGETHER = tuple(OPS)
