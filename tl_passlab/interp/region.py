"""Tile regions: a box of a buffer as an index array, with what lies outside the buffer marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import address, axes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import is_region
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.memory import Mem
from tl_passlab.interp.program import Run


@dataclass(frozen=True)
class Box:
    """One evaluated region: element indices of its shape, and which of them exist (None when all do)."""

    mem: Mem
    index: Any
    inside: Any
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    per_lane: bool

    def load(self, a: Any, site: int, missing: Any = 0) -> Any:
        """The elements; those outside the buffer read as `missing`."""
        index = self.index if self.inside is None else self.index[self.inside]
        if a.watch is not None:
            a.watch.read(a, self.mem, index.reshape(-1), self.dtype.itemsize, site)
        if self.mem.in_flight:
            a.m.touch_in_flight(a, self.mem, index, self.dtype.itemsize, site)
        values = self.mem.view(self.dtype)[self.index]
        if self.inside is not None:
            values = np.where(self.inside, values, self.dtype.type(missing))
        return values

    def store(self, a: Any, values: Any, site: int) -> None:
        """Write the elements that exist."""
        view = self.mem.view(self.dtype)
        index = self.index if self.inside is None else self.index[self.inside]
        values = np.broadcast_to(values, self.index.shape)
        values = values if self.inside is None else values[self.inside]
        if a.watch is not None:
            a.watch.write(
                a,
                self.mem,
                index.reshape(-1),
                self.dtype.itemsize,
                site,
                lambda *_: bool(np.all(view[index] == values)),
            )
        if self.mem.in_flight:
            a.m.touch_in_flight(a, self.mem, index, self.dtype.itemsize, site)
        view[index] = values

    def existing(self) -> Any:
        """The flat indices of the elements that exist."""
        return (self.index if self.inside is None else self.index[self.inside]).reshape(-1)


class Region:
    """A compiled region."""

    def __init__(self, b: Build, node: Any) -> None:
        if not is_region(node):
            raise Unsupported(f"tile operand {type(node).__name__}")
        load = node.args[0]
        self.buffer = load.buffer
        self.scope = str(self.buffer.scope())
        self.dtype, width = address.element_type(self.buffer)
        if width != 1:
            raise Unsupported("region of a vector-typed buffer")
        self.slot = b.data_slot(self.buffer, self.dtype.itemsize)
        self.site = b.site
        self.name = str(self.buffer.name)
        self._mins = [b.expr(i).run for i in load.indices]
        self._extents = [b.expr(e).run for e in list(node.args)[2:]]
        self._shape = [b.expr(e).run for e in self.buffer.shape]
        self._strides = [s.run for s in address.strides_of(b, self.buffer)]
        self._start = b.expr(self.buffer.elem_offset).run
        fallback = b.safe_values.get(hash(self.buffer.data))
        self.missing: Run = b.expr(fallback).run if fallback is not None else lambda _: 0
        self._memo = b.memo()
        if int(node.args[1]) & 2:
            b.written.add(self.slot)

    def at(self, a: Any) -> Box:
        """Evaluate the region for an agent."""
        pointer = a.pointer(self.slot)
        mins = tuple(_settled(run(a)) for run in self._mins)
        extents = tuple(int(run(a)) for run in self._extents)
        per_lane = pointer.mem.rows > 1 or any(isinstance(m, np.ndarray) for m in mins)
        if per_lane or not isinstance(pointer.offset, int):
            return self._lane_box(a, pointer, mins, extents)
        key = (mins, extents, pointer.offset)
        table = a.memo[self._memo]
        found = table.get(key)
        if found is None:
            index, inside = self._flat(a, pointer, mins, extents)
            if len(table) >= address.MAX_REMEMBERED:
                table.clear()
            found = table[key] = (index, inside)
        index = self._within(a, pointer.mem, found[0]) if pointer.offset else found[0]
        return Box(pointer.mem, index, found[1], self.dtype, extents, False)

    def _within(self, a: Any, mem: Mem, index: Any) -> Any:
        """A buffer that starts inside of a memory may reach beyond its end."""
        limit = mem.nbytes // self.dtype.itemsize
        if index.size and (index.min() < 0 or index.max() >= limit):
            a.m.report_outside(a, mem, index, limit, self.dtype.itemsize, self.site)
            return np.clip(index, 0, limit - 1)
        return index

    def _flat(self, a: Any, pointer: Any, mins: Any, extents: Any) -> tuple[Any, Any]:
        rank = len(extents)
        index: Any = int(self._start(a)) + pointer.offset // self.dtype.itemsize
        inside: Any = None
        for d, (low, extent) in enumerate(zip(mins, extents, strict=True)):
            shape = [1] * rank
            shape[d] = extent
            at = (low + np.arange(extent)).reshape(shape)
            size = int(self._shape[d](a))
            if extent and (low < 0 or low + extent > size):
                ok = (at >= 0) & (at < size)
                inside = ok if inside is None else inside & ok
            index = index + at * int(self._strides[d](a))
        if inside is not None:
            index = np.where(inside, index, 0)
        index = np.broadcast_to(index, extents) if rank else np.asarray(index)
        return index, None if inside is None else np.broadcast_to(inside, extents)

    def _lane_box(self, a: Any, pointer: Any, mins: Any, extents: Any) -> Box:
        """Each lane has its own box: a leading axis of lanes."""
        rank = len(extents)
        index: Any = int(self._start(a)) + pointer.offset // self.dtype.itemsize
        inside: Any = None
        for d, (low, extent) in enumerate(zip(mins, extents, strict=True)):
            shape = [1] * (rank + 1)
            shape[d + 1] = extent
            lows = axes.lanes_of(low, a.count).reshape(-1, *([1] * rank))
            at = lows + np.arange(extent).reshape(shape)
            size = int(self._shape[d](a))
            ok = (at >= 0) & (at < size)
            if not ok.all():
                inside = ok if inside is None else inside & ok
            index = index + at * int(self._strides[d](a))
        if inside is not None:
            index = np.where(inside, index, 0)
        if pointer.mem.rows > 1:
            starts = a.lanes.astype(np.int64) * (pointer.mem.row_bytes // self.dtype.itemsize)
            index = index + starts.reshape(-1, *([1] * rank))
        full = (a.count, *extents)
        return Box(
            pointer.mem,
            np.broadcast_to(index, full),
            None if inside is None else np.broadcast_to(inside, full),
            self.dtype,
            extents,
            True,
        )


def _settled(value: Any) -> Any:
    single = axes.uniform(value)
    return value if single is None else int(single)
