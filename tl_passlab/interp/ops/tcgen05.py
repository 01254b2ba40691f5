"""tcgen05 on threads: allocation of tensor memory, loads and stores of it, fences."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import access, axes, tmem
from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.memory import Ptr
from tl_passlab.interp.ops.pointer import pointer
from tl_passlab.interp.ops.tma import near_pointer
from tl_passlab.interp.program import DYNAMIC, Code

WORD = np.dtype(np.uint32)
PARTITIONS = 4
SMALLEST = 32

Address = Callable[[Any], tuple[int, int]]


def address(b: Build, node: Any, offset: Any = None) -> Address:
    """Compile an address of tensor memory: lane and column. It may be a buffer, a word that holds one, or a number."""
    more = b.expr(offset).run if offset is not None else lambda _: 0
    base = _of_element(b, node) if _is_element(node) else b.expr(node).run
    site = b.site

    def take(a: Any) -> tuple[int, int]:
        value = base(a)
        if type(value) is Ptr:
            value = _word_at(a, value, site)
        start, extra = axes.uniform(value), axes.uniform(more(a))
        if start is None or extra is None:
            raise Unsupported("an address of tensor memory that differs between lanes")
        number = int(start) + int(extra)
        return number >> 16, number & 0xFFFF

    return take


def _is_element(node: Any) -> bool:
    return type(node).__name__ == "BufferLoad" and str(node.buffer.scope()) == tmem.SCOPE


def _of_element(b: Build, load: Any) -> Callable[[Any], Any]:
    indices, bits = list(load.indices), int(load.buffer.dtype.bits)
    if len(indices) != 2:
        raise Unsupported(f"tensor memory of rank {len(indices)}")
    slot = b.slot(load.buffer.data)
    lane, column = (b.expr(i).run for i in indices)
    return lambda a: a.env[slot] + ((lane(a) << 16) | column(a) * bits // 32)


def _word_at(a: Any, at: Ptr, site: int) -> int:
    mem, start = near_pointer(a, at)
    index = start // WORD.itemsize
    if a.watch is not None:
        a.watch.read(a, mem, index, WORD.itemsize, site)
    return int(mem.view(WORD)[index])


def words(a: Any, lanes: Any, columns: Any, site: int) -> Any:
    """Word indices of tensor memory, checked against what is allocated."""
    if lanes.max() >= tmem.LANES:
        a.m.report("out-of-bounds", f"tensor memory: lane {lanes.max()} of {tmem.LANES}", a, site)
        lanes = np.clip(lanes, 0, tmem.LANES - 1)
    index, fits = tmem.of(a.m).words(lanes, columns)
    if not fits:
        reached = f"columns {columns.min()}..{columns.max()}"
        a.m.report("out-of-bounds", f"tensor memory: {reached} are not allocated now", a, site)
    return index


def _initialise(b: Build, call: Any) -> Code:
    at, number, site = pointer(b, call.args[0]), b.expr(call.args[1]).run, b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        columns = int(axes.uniform(number(a)))
        start = tmem.of(a.m).allocate(columns, site)
        if columns < SMALLEST or columns & (columns - 1) or columns > tmem.COLUMNS:
            a.m.report("misuse", f"allocation of {columns} columns of tensor memory", a, site)
        elif start is None:
            a.m.report("out-of-bounds", f"there are no {columns} columns of tensor memory left", a, site)
        mem, base = near_pointer(a, at(a))
        access.put(a, mem, base // WORD.itemsize, WORD, start or 0, site)

    return Code(run, DYNAMIC)


def _deallocate(b: Build, call: Any) -> Code:
    at, number, site = pointer(b, call.args[0]), b.expr(call.args[1]).run, b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        start, columns = _word_at(a, at(a), site), int(axes.uniform(number(a)))
        memory = tmem.of(a.m)
        if not memory.release(start, columns):
            a.m.report("misuse", f"{columns} columns of tensor memory at {start} were not allocated", a, site)
        elif a.watch is not None:  # another block may have them from now on, which is as good as a store to all
            index = memory.words(np.arange(tmem.LANES)[:, None], start + np.arange(columns))[0]
            a.watch.write(a, memory.mem, index.reshape(-1), WORD.itemsize, site)

    return Code(run, DYNAMIC)


def _moved(b: Build, call: Any, *, loads: bool) -> Code:
    """32 lanes of a warp, one column for each register: each warp reaches a quarter of the lanes."""
    args = list(call.args)
    datapaths = literal(args[5]) if len(args) == 7 else 32
    if (literal(args[0]), datapaths, literal(args[2])) != (32, 32, 0):
        raise Unsupported(f"{call.op.name} {datapaths}dp{literal(args[0])}b, 16-bit packing {literal(args[2])}")
    columns, site = literal(args[1]), b.site
    from_, registers = address(b, args[3], args[4]), pointer(b, args[-1])

    def run(a: Any) -> None:
        if a.count % WARP or a.mask is not None:
            a.m.report("divergence", f"{call.op.name} runs while some lanes of its warp are elsewhere", a, site)
            return
        lane, column = from_(a)
        if 0 < lane < tmem.LANES:
            raise Unsupported(f"{call.op.name} of an address with lane {lane}")
        memory = tmem.of(a.m).mem
        lanes = a.lanes[:, None] % (PARTITIONS * WARP)
        at = words(a, lanes, column + np.arange(columns), site)
        mem, start = near_pointer(a, registers(a))
        if start % WORD.itemsize or start + columns * WORD.itemsize > mem.nbytes:
            raise Malformed(f"{columns} registers at byte {start} of {mem.name}")
        own = _own(a.lanes.tobytes(), mem.row_bytes // WORD.itemsize, start // WORD.itemsize, columns)
        source, of, target, to = (memory, at, mem, own) if loads else (mem, own, memory, at)
        if a.watch is not None:
            a.watch.read_rows(a, source, of, WORD.itemsize, site)
            a.watch.write_rows(a, target, to, WORD.itemsize, site)
        target.view(WORD)[to] = source.view(WORD)[of]

    return Code(run, DYNAMIC)


@functools.lru_cache(maxsize=256)
def _own(lanes: bytes, row: int, start: int, columns: int) -> Any:
    return np.frombuffer(lanes, dtype=np.int64)[:, None] * row + start + np.arange(columns)


def _nothing(b: Build, call: Any) -> Code:
    return Code(lambda a: None, DYNAMIC)


OPS = {
    "tl.ptx_init_tensor_memory": _initialise,
    "tl.ptx_deallocate_tensor_memory": _deallocate,
    "tl.tcgen05_ld": functools.partial(_moved, loads=True),
    "tl.tcgen05_st": functools.partial(_moved, loads=False),
    "tl.tcgen05_before_thread_sync": _nothing,
    "tl.tcgen05_after_thread_sync": _nothing,
}
TOGETHER = ("tl.tcgen05_ld", "tl.tcgen05_st")
