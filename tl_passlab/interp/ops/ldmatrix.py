"""ldmatrix and stmatrix: 8x8 tiles of 16-bit elements between shared memory and a warp's registers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops.allreduce import lane_values
from tl_passlab.interp.ops.pointer import pointer, remembered
from tl_passlab.interp.ops.tma import near_pointer
from tl_passlab.interp.program import DYNAMIC, Code

HALF = np.dtype("uint16")


def tile_places(start: Any, number: int, *, transposed: bool) -> Any:
    """Byte addresses, per warp, lane, tile and half of a register, from the row addresses that lanes provide."""
    rows = start.reshape(-1, WARP)
    lane, tile, half = np.arange(WARP)[:, None, None], np.arange(number)[None, :, None], np.arange(2)[None, None, :]
    if transposed:
        return rows[:, 8 * tile + lane % 4 * 2 + half] + 2 * (lane // 4)
    return rows[:, 8 * tile + lane // 4] + 2 * (lane % 4 * 2 + half)


def whole_warps(a: Any, what: str, site: int) -> bool:
    """Warp instructions need all lanes of the warp."""
    if a.count % WARP or a.mask is not None:
        a.m.report("divergence", f"{what} runs while some lanes of its warp are elsewhere", a, site)
        return False
    return True


def _ldmatrix(b: Build, call: Any) -> Code:
    args = list(call.args)
    transposed, number = bool(literal(args[0])), literal(args[1])
    source, target, site, memo = pointer(b, args[2]), pointer(b, args[3]), b.site, b.memo()

    def run(a: Any) -> None:
        if not whole_warps(a, "ldmatrix", site):
            return
        of, to = source(a), target(a)
        index = _rows_at(a, memo, of, number, site, transposed=transposed)
        mem, base = near_pointer(a, to)
        registers = remembered(a, memo, base, mem.row_bytes, lambda: _own_registers(a, mem, base, number))
        if base + 4 * number > mem.nbytes:
            a.m.report_outside(a, mem, np.array([base // 2 + 2 * number - 1]), mem.nbytes // 2, 2, site)
            return
        if a.watch is not None:
            a.watch.read_rows(a, of.mem, index, 2, site)
            a.watch.write(a, mem, registers, 2, site)
        if mem.in_flight:
            a.m.touch_in_flight(a, mem, registers, 2, site)
        mem.view(HALF)[registers] = of.mem.view(HALF)[index]

    return Code(run, DYNAMIC)


def _own_registers(a: Any, mem: Any, base: int, number: int) -> Any:
    own = a.lanes.astype(np.int64).reshape(-1, WARP, 1, 1) * (mem.row_bytes // 2)
    return own + base // 2 + np.arange(2 * number).reshape(number, 2)


def _rows_at(a: Any, memo: int, at: Any, number: int, site: int, *, transposed: bool) -> Any:
    """Element indices of the tiles that lanes point at, inside of the memory."""

    def make() -> Any:
        index = tile_places(axes.lanes_of(at.offset, a.count), number, transposed=transposed) // 2
        return index if index.min() >= 0 and index.max() < at.mem.nbytes // 2 else None

    index = remembered(a, memo, at.offset, (at.mem.nbytes, "rows"), make)
    if index is None:
        places = tile_places(axes.lanes_of(at.offset, a.count), number, transposed=transposed)
        index = _in_bounds(a, at.mem, places // 2, site)
    return index


def _in_bounds(a: Any, mem: Any, index: Any, site: int) -> Any:
    limit = mem.nbytes // 2
    if index.min() < 0 or index.max() >= limit:
        a.m.report_outside(a, mem, index, limit, 2, site)
        return np.clip(index, 0, limit - 1)
    return index


def _stmatrix(b: Build, call: Any) -> Code:
    args = list(call.args)
    transposed, number = bool(literal(args[0])), literal(args[1])
    target, values, site = pointer(b, args[2]), [b.expr(x).run for x in args[3 : 3 + number]], b.site
    memo = b.memo()
    if len(args) > 3 + number and str(args[3 + number].value) != "m8n8":
        raise Unsupported(f"tl.ptx_stmatrix {args[3 + number].value}")

    def run(a: Any) -> None:
        if not whole_warps(a, "stmatrix", site):
            return
        to = target(a)
        index = _rows_at(a, memo, to, number, site, transposed=transposed)
        words = np.stack([np.asarray(lane_values(a, v(a))).reshape(a.count) for v in values], axis=-1)
        halves = np.stack([words & 0xFFFF, words >> 16], axis=-1).astype(HALF).reshape(index.shape)
        if a.watch is not None:
            a.watch.write_rows(a, to.mem, index, 2, site)
        to.mem.view(HALF)[index] = halves

    return Code(run, DYNAMIC)


OPS = {"tl.ptx_ldmatrix": _ldmatrix, "tl.ptx_stmatrix": _stmatrix}
TOGETHER = tuple(OPS)
