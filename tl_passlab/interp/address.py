"""Buffer indices as element addresses.

The linear index splits into a constant, a part that is the same for all lanes, and a part that depends on lanes
alone. Addresses are remembered per value of the first two, so a loop that comes back to a stage computes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.program import DYNAMIC, LANES, Code

MAX_REMEMBERED = 128

Locate = Callable[[Any], tuple[Any, Any]]


def element_type(buffer: Any) -> tuple[np.dtype[Any], int]:
    """The NumPy type and the vector lanes of a buffer's element."""
    base, lanes = dtypes.split(str(buffer.dtype))
    return dtypes.numpy_type(base), lanes


def strides_of(b: Build, buffer: Any) -> list[Code]:
    """The strides in elements; row-major when the buffer does not say."""
    given = list(buffer.strides)
    if given:
        return [b.expr(s) for s in given]
    codes: list[Code] = []
    running = Code(lambda _: 1, 0, 1, leaf=True)
    for extent in reversed(list(buffer.shape)):
        codes.append(running)
        running = _times(b, running, b.expr(extent))
    return codes[::-1]


def _times(b: Build, left: Code, right: Code) -> Code:
    from tl_passlab.interp.expr import combine

    return combine(b, lambda x, y: x * y, left, right)


class Terms:
    """The addends of a linear index, by what they depend on."""

    def __init__(self) -> None:
        self.constant = 0
        self.parts: dict[str, list[tuple[Any, int]]] = {"uniform": [], "lanes": [], "dynamic": []}

    def add(self, b: Build, node: Any, scale: int) -> None:
        """Split sums and products by constants; compile the rest."""
        kind = type(node).__name__
        if kind in ("Add", "Sub"):
            self.add(b, node.a, scale)
            self.add(b, node.b, scale if kind == "Add" else -scale)
        elif kind == "Mul" and type(node.b).__name__ == "IntImm":
            self.add(b, node.a, scale * int(node.b.value))
        else:
            self.add_code(b, b.expr(node), scale)

    def add_code(self, b: Build, code: Code, scale: int) -> None:
        """Add a compiled addend."""
        if code.is_constant:
            self.constant += int(code.constant) * scale
            return
        place = "dynamic" if code.depends & DYNAMIC else "lanes" if code.depends == LANES else "uniform"
        if code.depends & LANES and place == "uniform":
            place = "dynamic"
        self.parts[place].append((b.hoist(code).run, scale))

    def sum_of(self, place: str) -> Any:
        """One closure for a group of addends, or None when it is empty."""
        parts = self.parts[place]
        if not parts:
            return None
        if len(parts) == 1:
            ((run, scale),) = parts
            return run if scale == 1 else lambda a: run(a) * scale
        return lambda a: sum(run(a) * scale for run, scale in parts)


def linear(b: Build, buffer: Any, indices: list[Any]) -> Locate:
    """Address a buffer by its linear index alone; leaving the memory is a finding."""
    return _locator(b, buffer, terms_of(b, buffer, indices))


def terms_of(b: Build, buffer: Any, indices: list[Any]) -> Terms:
    """The addends of an element's linear index."""
    terms = Terms()
    strides = strides_of(b, buffer)
    if len(indices) != len(strides):
        raise Unsupported(f"{len(indices)} indices into a buffer of rank {len(strides)}")
    for node, stride in zip(indices, strides, strict=True):
        if stride.is_constant:
            terms.add(b, node, int(stride.constant))
        else:
            terms.add_code(b, _times(b, b.expr(node), stride), 1)
    terms.add(b, buffer.elem_offset, 1)
    return terms


def _locator(b: Build, buffer: Any, terms: Terms) -> Locate:
    dtype, width = element_type(buffer)
    slot = b.data_slot(buffer, dtype.itemsize)
    site, memo, constant = b.site, b.memo(), terms.constant
    by_lanes = lane_part(b, terms)
    by_uniform, dynamic = terms.sum_of("uniform"), terms.sum_of("dynamic")

    def locate(a: Any) -> tuple[Any, Any]:
        pointer = a.pointer(slot)
        base = constant if by_uniform is None else constant + by_uniform(a)
        if dynamic is None and type(base) is int and type(pointer.offset) is int:
            table = a.memo[memo]
            key = (base, pointer.offset, pointer.mem.nbytes)
            found = table.get(key)
            if found is None:
                index = base if by_lanes is None else by_lanes(a) + base
                found, clean = settle(a, pointer, index, dtype, width, site)
                if clean:
                    if len(table) >= MAX_REMEMBERED:
                        table.clear()
                    table[key] = found
            return pointer.mem, found
        index = base if by_lanes is None else by_lanes(a) + base
        if dynamic is not None:
            index = index + dynamic(a)
        return pointer.mem, settle(a, pointer, index, dtype, width, site)[0]

    return locate


def lane_part(b: Build, terms: Terms) -> Any:
    """The sum of the addends that depend on lanes alone, computed once; None when there are none."""
    run = terms.sum_of("lanes")
    if run is None:
        return None
    return b.hoist(Code(lambda a: np.asarray(run(a), dtype=np.int64), LANES)).run


def settle(a: Any, pointer: Any, index: Any, dtype: Any, width: int, site: int) -> tuple[Any, bool]:
    """Turn an element index into an index of the memory's flat view, checked; false when it must not be remembered."""
    mem = pointer.mem
    if width > 1:
        index = index * width + axes.along(axes.VECTOR, np.arange(width))
    offset = pointer.offset // dtype.itemsize
    index = index + offset
    limit = mem.nbytes // dtype.itemsize
    clean = True
    if isinstance(index, np.ndarray):
        if a.mask is not None and (index.min() < 0 or index.max() >= limit):
            index, clean = np.where(a.mask, index, 0), False
        if index.size and (index.min() < 0 or index.max() >= limit):
            if limit or a.active():  # the lanes that are masked off are at element 0, which an empty tensor lacks
                a.m.report_outside(a, mem, index, limit, dtype.itemsize, site)
            index, clean = np.clip(index, 0, max(limit - 1, 0)), False
    elif not 0 <= index < limit:
        if a.active():
            a.m.report_outside(a, mem, index, limit, dtype.itemsize, site)
        index, clean = max(min(index, limit - 1), 0), False
    if mem.rows > 1:
        index = index + a.row_starts(mem.row_bytes // dtype.itemsize)
    return index, clean


def bounded(b: Build, buffer: Any, indices: list[Any]) -> Callable[[Any], tuple[Any, Any, Any]]:
    """Address a global buffer that the compiler still has to guard: also says which lanes are inside."""
    dtype, width = element_type(buffer)
    slot = b.data_slot(buffer, dtype.itemsize)
    runs = [b.hoist(b.expr(i)).run for i in indices]
    strides = [s.run for s in strides_of(b, buffer)]
    extents = [b.expr(e).run for e in buffer.shape]
    start = b.expr(buffer.elem_offset).run
    site = b.site

    def locate(a: Any) -> tuple[Any, Any, Any]:
        pointer = a.pointer(slot)
        index, inside = start(a), None
        for run, stride, extent in zip(runs, strides, extents, strict=True):
            at, size = run(a), extent(a)
            index = index + at * stride(a)
            ok = np.logical_and(at >= 0, at < size) if isinstance(at, np.ndarray) else 0 <= at < size
            if not (ok if isinstance(ok, bool) else ok.all()):
                inside = axes.both(inside, ok)
        if inside is not None:
            index = np.where(inside, index, 0)
            if not pointer.mem.nbytes:
                return pointer.mem, index, inside  # nothing lies inside of an empty tensor
        return pointer.mem, settle(a, pointer, index, dtype, width, site)[0], inside

    return locate
