"""TMA at thread level: tiled and one-dimensional bulk loads and stores, gather4 and scatter4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.memory import Ptr
from tl_passlab.interp.ops import sync, transfer
from tl_passlab.interp.ops.host import Slot
from tl_passlab.interp.ops.pointer import is_pointer, pointer
from tl_passlab.interp.ops.tensormap import TensorMap, box_in_global, box_in_shared, swizzled, tiled_from
from tl_passlab.interp.program import DYNAMIC, Code

BYTE = np.dtype("uint8")


def _create(b: Build, call: Any) -> Code:
    runs, site = [b.expr(x).run for x in call.args], b.site
    return Code(lambda a: tiled_from(a, [r(a) for r in runs], site), DYNAMIC)


def map_of(value: Any) -> TensorMap:
    """The tensor map in a value, or in the stack allocation that it points to."""
    found = value.map if isinstance(value, Slot) else value
    if not isinstance(found, TensorMap):
        raise Malformed("a tensor map is used before it is created")
    return found


def chosen(a: Any, value: Any) -> Any:
    """A value as the first active lane has it."""
    if not isinstance(value, np.ndarray):
        return value
    flat = axes.lanes_of(value, a.count)
    return flat[int(np.searchsorted(a.lanes, a.active_lanes()[0]))].item()


def near_pointer(a: Any, start: Ptr) -> tuple[Any, int]:
    """A pointer as the first active lane has it."""
    return start.mem, int(chosen(a, start.offset))


def _units(addresses: Any, itemsize: int) -> Any:
    return addresses // itemsize


def word_of(itemsize: int) -> np.dtype[Any]:
    """The type in which elements of a size are moved."""
    return np.dtype(f"uint{8 * itemsize}")


def loading(map_: TensorMap, far: Any, inside: Any, mem: Any, index: Any) -> Callable[[], None]:
    """What a load does when it lands: elements from byte addresses of global memory; zero where there is no tensor."""
    word = word_of(map_.itemsize)

    def act() -> None:
        source = map_.mem.view(word)[np.where(inside, far, 0) // map_.itemsize]
        mem.view(word)[index] = np.where(inside, source, word.type(0))

    return act


def _load(b: Build, call: Any) -> Code:
    args = list(call.args)
    if is_pointer(args[0]):
        return _load_linear(b, args)
    map_at, barrier_at, near = b.expr(args[0]).run, sync.barrier_of(b, args[1]), pointer(b, args[2])
    coordinates, site = [b.expr(x).run for x in args[3:-1]], b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        map_, barrier = map_of(map_at(a)), barrier_at(a)
        mem, base = near_pointer(a, near(a))
        where = [int(chosen(a, c(a))) for c in coordinates]
        if len(where) != len(map_.box):
            a.m.report("misuse", f"{len(where)} coordinates for a tensor map of rank {len(map_.box)}", a, site)
            return
        index = _units(box_in_shared(map_, base), map_.itemsize)
        check_span(a, mem, index, map_.itemsize, site)
        far, inside = box_in_global(map_, where)

        act = loading(map_, far, inside, mem, index)
        for _ in a.active_lanes():
            transfer.start(a, barrier, map_.nbytes, act, mem, index.reshape(-1), map_.itemsize, site)

    return Code(run, DYNAMIC)


def check_span(a: Any, mem: Any, index: Any, itemsize: int, site: int) -> None:
    """Report elements beyond a memory, and keep them inside."""
    limit = mem.nbytes // itemsize
    if index.size and (index.min() < 0 or index.max() >= limit):
        a.m.report_outside(a, mem, index, limit, itemsize, site)
        np.clip(index, 0, limit - 1, out=index)


def _load_linear(b: Build, args: list[Any]) -> Code:
    near, far = pointer(b, args[0]), pointer(b, args[1])
    barrier_at, size, site = sync.barrier_of(b, args[2]), b.expr(args[3]).run, b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        mem, base = near_pointer(a, near(a))
        source, start = near_pointer(a, far(a))
        number = int(chosen(a, size(a)))
        index: Any = base + np.arange(number)
        of: Any = start + np.arange(number)
        check_span(a, mem, index, 1, site)
        check_span(a, source, of, 1, site)

        def act() -> None:
            mem.view(BYTE)[index] = source.view(BYTE)[of]

        unit = _common_unit(base, number)
        for _ in a.active_lanes():
            transfer.start(a, barrier_at(a), number, act, mem, index[::unit] // unit, unit, site)

    return Code(run, DYNAMIC)


def _common_unit(base: int, number: int) -> int:
    """The largest element that tiles the range, so that tracking does not fall to single bytes."""
    return next(u for u in (8, 4, 2, 1) if base % u == 0 and number % u == 0)


def _store(b: Build, call: Any) -> Code:
    args = list(call.args)
    if is_pointer(args[0]):
        return _store_linear(b, args)
    map_at, near = b.expr(args[0]).run, pointer(b, args[1])
    coordinates, reduces, site = [b.expr(x).run for x in args[2:-2]], b.expr(args[-2]).run, b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        if chosen(a, reduces(a)):
            raise Unsupported("tl.tma_store with a reduction")
        map_ = map_of(map_at(a))
        mem, base = near_pointer(a, near(a))
        word = word_of(map_.itemsize)
        index = _units(box_in_shared(map_, base), map_.itemsize)
        check_span(a, mem, index, map_.itemsize, site)
        far, inside = box_in_global(map_, [int(chosen(a, c(a))) for c in coordinates])

        def act() -> None:
            map_.mem.view(word)[far[inside] // map_.itemsize] = mem.view(word)[index[inside]]

        transfer.start_store(a, act, mem, index.reshape(-1), map_.itemsize, site)

    return Code(run, DYNAMIC)


def _store_linear(b: Build, args: list[Any]) -> Code:
    far, near = pointer(b, args[0]), pointer(b, args[1])
    size, reduces, site = b.expr(args[2]).run, b.expr(args[3]).run, b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        if chosen(a, reduces(a)):
            raise Unsupported("tl.tma_store with a reduction")
        mem, base = near_pointer(a, near(a))
        target, start = near_pointer(a, far(a))
        number = int(chosen(a, size(a)))
        to: Any
        index: Any
        index, to = base + np.arange(number), start + np.arange(number)
        check_span(a, mem, index, 1, site)
        check_span(a, target, to, 1, site)

        def act() -> None:
            target.view(BYTE)[to] = mem.view(BYTE)[index]

        unit = _common_unit(base, number)
        transfer.start_store(a, act, mem, index[::unit] // unit, unit, site)

    return Code(run, DYNAMIC)


def _rows(map_: TensorMap, rows: list[int], column: int) -> tuple[Any, Any]:
    at_row = np.array(rows)[:, None]
    at_column: Any = column + np.arange(map_.box[0])[None, :]
    inside = (at_row >= 0) & (at_row < map_.shape[1]) & (at_column >= 0) & (at_column < map_.shape[0])
    return map_.offset + at_row * map_.strides[1] + at_column * map_.itemsize, inside


def _four_rows(map_: TensorMap, base: int) -> Any:
    order = np.arange(4 * map_.box[0]).reshape(4, map_.box[0])
    return swizzled(base + order * map_.itemsize, map_.swizzle) // map_.itemsize


def _gather4(b: Build, call: Any) -> Code:
    """Arguments: map, barrier, shared pointer, column, four rows, eviction policy."""
    args = list(call.args)
    map_at, barrier_at, near = b.expr(args[0]).run, sync.barrier_of(b, args[1]), pointer(b, args[2])
    numbers, site = [b.expr(x).run for x in args[3:8]], b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        map_, barrier = map_of(map_at(a)), barrier_at(a)
        mem, base = near_pointer(a, near(a))
        column, *rows = (int(chosen(a, n(a))) for n in numbers)
        index = _four_rows(map_, base)
        far, inside = _rows(map_, rows, column)

        act = loading(map_, far, inside, mem, index)
        transfer.start(a, barrier, index.size * map_.itemsize, act, mem, index.reshape(-1), map_.itemsize, site)

    return Code(run, DYNAMIC)


def _scatter4(b: Build, call: Any) -> Code:
    """Arguments: map, shared pointer, column, four rows, eviction policy."""
    args = list(call.args)
    map_at, near = b.expr(args[0]).run, pointer(b, args[1])
    numbers, site = [b.expr(x).run for x in args[2:7]], b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        map_ = map_of(map_at(a))
        mem, base = near_pointer(a, near(a))
        column, *rows = (int(chosen(a, n(a))) for n in numbers)
        word, index = word_of(map_.itemsize), _four_rows(map_, base)
        far, inside = _rows(map_, rows, column)

        def act() -> None:
            map_.mem.view(word)[far[inside] // map_.itemsize] = mem.view(word)[index[inside]]

        transfer.start_store(a, act, mem, index.reshape(-1), map_.itemsize, site)

    return Code(run, DYNAMIC)


OPS = {
    "tl.create_tma_descriptor": _create,
    "tl.tma_load": _load,
    "tl.tma_store": _store,
    "tl.tma_load_gather4": _gather4,
    "tl.tma_store_scatter4": _scatter4,
}
