"""mma.sync: warp products whose operands are spread over the lanes' registers."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tl_passlab.interp import address, axes
from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops import numeric
from tl_passlab.interp.ops.pointer import pointer
from tl_passlab.interp.ops.tma import near_pointer
from tl_passlab.interp.program import DYNAMIC, Code

Place = Callable[[Any, Any], tuple[Any, Any]]
# (agent, A, B) -> what is added to C, one matrix for each warp.
Multiply = Callable[[Any, Any, Any], Any]


def _a16(e: int) -> Place:
    """Operand A with 16 rows; `e` elements fill one 32-bit register."""
    return lambda lane, i: (lane // 4 + 8 * (i // e % 2), lane % 4 * e + i % e + 4 * e * (i // (2 * e)))


def _b8(e: int) -> Place:
    """Operand B with 8 columns, as (k, n)."""
    return lambda lane, i: (lane % 4 * e + i % e + 4 * e * (i // e), lane // 4)


def _c16(lane: Any, i: Any) -> tuple[Any, Any]:
    return lane // 4 + 8 * (i // 2), lane % 4 * 2 + i % 2


def _c8(lane: Any, i: Any) -> tuple[Any, Any]:
    return lane // 4, lane % 4 * 2 + i


@functools.cache
def spread(rows: int, columns: int, kind: str, per_register: int) -> Any:
    """For each matrix element the (lane, register) that holds it, flattened as lane * registers + register."""
    place = {"a": _a16(per_register), "b": _b8(per_register), "c": _c16}[kind]
    if kind == "a" and rows == 8:
        place = lambda lane, i: (lane // 4, lane % 4 + 4 * i)  # noqa: E731
    if kind == "c" and rows == 8:
        place = _c8
    registers = rows * columns // WARP
    lane, register = np.arange(WARP)[:, None], np.arange(registers)[None, :]
    row, column = (np.broadcast_to(x, (WARP, registers)) for x in place(lane, register))
    table = np.full((rows, columns), -1)
    table[row, column] = lane * registers + register
    if (table < 0).any():
        raise Unsupported(f"ptx_mma fragment {rows}x{columns}")
    return table


def _mma(b: Build, call: Any) -> Code:
    args = list(call.args)
    match = re.fullmatch(r"m(\d+)n(\d+)k(\d+)", str(args[0].value))
    if match is None or (str(args[1].value), str(args[2].value)) != ("row", "col") or int(match[2]) != 8:
        raise Unsupported(f"ptx_mma {args[0].value} {args[1].value} {args[2].value}")
    m, n, k = (int(x) for x in match.groups())
    kinds = [str(x.value) for x in args[3:6]]
    shapes = ((m, k), (k, n), (m, n))
    types = [numeric.operand_type(x) for x in kinds]
    return accumulated(b, args, types, shapes, lambda _, left, right: numeric.multiply(left, right, kinds[0], types[2]))


def accumulated(
    b: Build, args: Sequence[Any], types: Sequence[Any], shapes: Sequence[tuple[int, int]], multiply: Multiply
) -> Code:
    """C += multiply(agent, A, B) for each warp; `shapes` are those of the matrices as the registers hold them."""
    starts = [pointer(b, args[i]) for i in (6, 8, 10)]
    offsets = [b.expr(args[i]).run for i in (7, 9, 11)]
    # Elements of A and B narrower than a register share one; each of C has its own.
    shared = [max(1, 4 // types[0].itemsize), max(1, 4 // types[1].itemsize), 1]
    tables = [spread(*shapes[i], "abc"[i], shared[i]) for i in range(3)]
    memo, site = b.memo(), b.site

    def run(a: Any) -> None:
        if a.count % WARP or a.mask is not None:
            a.m.report("divergence", "mma runs while some lanes of its warp are elsewhere", a, site)
            return
        places = [place(a, memo, i, starts[i](a), offsets[i](a), tables[i], types[i], site) for i in range(3)]
        (x_mem, x), (y_mem, y), (c_mem, c) = places
        if a.watch is not None:
            for (mem, index), dtype in zip(places, types, strict=True):
                a.watch.read(a, mem, index, dtype.itemsize, site)
            a.watch.write(a, c_mem, c, types[2].itemsize, site)
        for mem, index in places:
            if mem.in_flight:
                a.m.touch_in_flight(a, mem, index, 1, site)
        result = multiply(a, x_mem.view(types[0])[x], y_mem.view(types[1])[y])
        view = c_mem.view(types[2])
        view[c] = (view[c] + result).astype(types[2])

    return Code(run, DYNAMIC)


def place(a: Any, memo: int, which: int, start: Any, offset: Any, table: Any, dtype: Any, site: int) -> tuple[Any, Any]:
    """The memory of an operand and, per warp, the element indices of its matrix."""
    mem, base = near_pointer(a, start)
    single = axes.uniform(offset)
    if single is None:
        raise Unsupported("ptx_mma operand offset that differs between lanes")
    first = base // dtype.itemsize + int(single)
    key = (which, first, mem.row_bytes)
    found = a.memo[memo].get(key)
    if found is None:
        registers = table.size // WARP
        if first < 0 or (first + registers) * dtype.itemsize > mem.nbytes:
            a.m.report_outside(
                a, mem, np.array([first, first + registers - 1]), mem.nbytes // dtype.itemsize, dtype.itemsize, site
            )
            first = max(0, min(first, mem.nbytes // dtype.itemsize - registers))
        lanes = a.lanes.astype(np.int64).reshape(-1, WARP) * (mem.row_bytes // dtype.itemsize)
        found = lanes[:, table // registers] + first + table % registers
        if len(a.memo[memo]) >= address.MAX_REMEMBERED:
            a.memo[memo].clear()
        a.memo[memo][key] = found
    return mem, found


OPS = {"tirx.ptx_mma": _mma}
TOGETHER = tuple(OPS)
