"""Shared memory matrix descriptors of wgmma: what they address, and how operands lie in registers."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.memory import Mem
from tl_passlab.interp.ops.pointer import pointer
from tl_passlab.interp.ops.tensormap import swizzled
from tl_passlab.interp.program import DYNAMIC, Code

GROUP = 128
ROWS = 64
SWIZZLE_BITS = {0: 0, 1: 3, 2: 2, 3: 1}


@dataclass(frozen=True)
class Descriptor:
    """A shared memory matrix descriptor; offsets in bytes, `starts` one address per warpgroup of the agent."""

    mem: Mem
    starts: tuple[int, ...]
    layout: int
    leading: int
    stride: int


def slot_of(b: Build, load: Any) -> tuple[int, int]:
    if type(load).__name__ == "BufferLoad":
        return b.slot(load.buffer.data), literal(load.indices[0])
    if type(load).__name__ == "Var":
        return b.slot(load), 0
    raise Unsupported(f"descriptor operand {type(load).__name__}")


def initialise(b: Build, call: Any) -> Code:
    args = list(call.args)
    (slot, index), start = slot_of(b, args[0]), pointer(b, args[1])
    numbers = [b.expr(x).run for x in args[2:5]]

    def run(a: Any) -> None:
        layout, leading, stride = (int(axes.uniform(n(a))) for n in numbers)
        where = start(a)
        lanes = axes.lanes_of(where.offset, a.count)[first_lanes(a)]
        a.env[slot][index] = Descriptor(where.mem, tuple(int(x) for x in lanes), layout, leading * 16, stride * 16)

    return Code(run, DYNAMIC)


def first_lanes(a: Any) -> Any:
    """Positions, among the agent's lanes, of the first lane of each warpgroup."""
    return _first_lanes(a.lanes.tobytes())


@functools.lru_cache(maxsize=256)
def _first_lanes(lanes: bytes) -> Any:
    groups = np.frombuffer(lanes, dtype=np.int64) // GROUP
    return np.nonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))[0]


def increase(b: Build, call: Any) -> Code:
    (slot, index), size = slot_of(b, call.args[0]), b.expr(call.args[1]).run

    def run(a: Any) -> None:
        known = a.env[slot][index]
        more = axes.lanes_of(size(a), a.count)[first_lanes(a)]
        a.env[slot][index] = replace(known, starts=tuple(s + int(m) for s, m in zip(known.starts, more, strict=True)))

    return Code(run, DYNAMIC)


@functools.lru_cache(maxsize=4096)
def addresses(
    start: int, rows: int, columns: int, along_k: bool, layout: int, leading: int, stride: int, itemsize: int
) -> Any:
    """Byte addresses of a matrix whose rows run along M or N and whose columns run along K."""
    i, j = np.arange(rows)[:, None], np.arange(columns)[None, :]
    if layout == 0:
        if not along_k:
            raise Unsupported("wgmma of an unswizzled matrix that is not K-major")
        unit = 16 // itemsize
        relative = i // 8 * stride + j // unit * leading + i % 8 * 16 + j % unit * itemsize
        return start + relative
    atom = 16 << SWIZZLE_BITS[layout]
    if along_k:
        relative = i // 8 * stride + i % 8 * atom + j * itemsize
    else:
        width = atom // itemsize
        relative = i // width * leading + i % width * itemsize + j // 8 * stride + j % 8 * atom
    return swizzled(start + relative, SWIZZLE_BITS[layout])


@dataclass(frozen=True)
class Operand:
    """A compiled shared-memory operand."""

    slot: int
    index: int
    offset: Any
    along_k: bool

    def matrices(self, a: Any, rows: int, columns: int, itemsize: int) -> tuple[Mem, Any]:
        """The memory and, per warpgroup, the element indices of the operand."""
        known = a.env[self.slot][self.index]
        if known is None:
            raise Malformed("a wgmma descriptor is used before it is initialised")
        offsets = axes.lanes_of(self.offset(a), a.count)[first_lanes(a)]
        starts = tuple(start + int(o) * 16 for start, o in zip(known.starts, offsets, strict=True))
        form = (rows, columns, self.along_k, known.layout, known.leading, known.stride, itemsize)
        return known.mem, _elements(starts, form)


@functools.lru_cache(maxsize=256)
def _elements(starts: tuple[int, ...], form: tuple[int, int, bool, int, int, int, int]) -> Any:
    return np.stack([addresses(start, *form) // form[-1] for start in starts])


@functools.lru_cache(maxsize=256)
def held(lanes: bytes, row: int, start: int, columns: int, itemsize: int) -> Any:
    """Indices of a matrix that warpgroups hold in registers; of an accumulator where the item size is zero."""
    places = operand_map(columns, itemsize) if itemsize else accumulator_map(columns)
    own = np.frombuffer(lanes, dtype=np.int64).reshape(-1, GROUP, 1) * row
    index: Any = np.zeros((own.shape[0], ROWS, columns), dtype=np.int64)
    index[:, places[0], places[1]] = own + start + np.arange(columns // 2)
    return index


@functools.cache
def accumulator_map(columns: int) -> tuple[Any, Any]:
    """Row and column of each register of each lane of a warpgroup."""
    lane, r = np.arange(GROUP)[:, None], np.arange(columns // 2)[None, :]
    return 16 * (lane // 32) + lane % 32 // 4 + 8 * (r // 2 % 2), 8 * (r // 4) + 2 * (lane % 4) + r % 2


@functools.cache
def operand_map(columns: int, itemsize: int) -> tuple[Any, Any]:
    """Row and column of each register element of an A operand held in registers."""
    per = 4 // itemsize
    lane, r = np.arange(GROUP)[:, None], np.arange(columns // 2)[None, :]
    word: Any = r // per
    row = 16 * (lane // 32) + lane % 32 // 4 + 8 * (word % 2)
    return row, 4 * per * (word // 2) + per * (lane % 4) + r % per
