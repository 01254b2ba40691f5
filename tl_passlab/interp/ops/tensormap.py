"""Tensor maps: how TMA sees a global tensor, and where a box of it lands in shared memory."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.memory import Mem, Ptr

ITEM_SIZES = {0: 1, 1: 2, 2: 4, 3: 4, 4: 8, 5: 8, 6: 2, 7: 4, 8: 8, 9: 2, 10: 4, 11: 4, 12: 4}
MAX_INNER_BYTES = {1: 32, 2: 64, 3: 128}


@dataclass(frozen=True)
class TensorMap:
    """A tiled tensor map; all tuples are innermost first, strides in bytes."""

    mem: Mem
    offset: int
    itemsize: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    box: tuple[int, ...]
    swizzle: int

    @property
    def nbytes(self) -> int:
        """The bytes a transfer of the whole box counts for."""
        return int(np.prod(self.box)) * self.itemsize


def tiled_from(a: Any, values: list[Any], site: int) -> TensorMap:
    """Build a map from the arguments of its creation: type, rank, address, shape, strides, box, element strides, ..."""
    flat: list[Any] = [v if isinstance(v, Ptr) else int(axes.uniform(v)) for v in values]
    kind, rank, address = flat[0], flat[1], flat[2]
    if not isinstance(address, Ptr):
        raise Malformed("a tensor map of something that is not global memory")
    shape, strides, box, steps = (tuple(flat[3 + i * rank : 3 + (i + 1) * rank]) for i in range(4))
    interleave, swizzle = flat[3 + 4 * rank : 5 + 4 * rank]
    if interleave or any(s != 1 for s in steps):
        raise Unsupported("tensor map with interleaving or element strides")
    itemsize = ITEM_SIZES[kind]
    if strides[0] != itemsize:
        a.m.report("misuse", f"tensor map: innermost stride {strides[0]} is not the element size {itemsize}", a, site)
    if swizzle and box[0] * itemsize > MAX_INNER_BYTES[swizzle]:
        a.m.report(
            "misuse",
            f"tensor map: {box[0] * itemsize} inner bytes exceed the swizzle's {MAX_INNER_BYTES[swizzle]}",
            a,
            site,
        )
    if any(s % 16 for s in strides[1:]):
        a.m.report("misuse", "tensor map: a stride is not a multiple of 16 bytes", a, site)
    return TensorMap(address.mem, address.offset, itemsize, shape, strides, box, swizzle)


def swizzled(address: Any, bits: int) -> Any:
    """Shared memory addresses after a swizzle that permutes 16-byte units over 2**bits rows of 128 bytes."""
    return address ^ (((address >> 7) & ((1 << bits) - 1)) << 4)


def box_in_shared(map_: TensorMap, base: int, box: tuple[int, ...] | None = None) -> Any:
    """Byte addresses of the box's elements in shared memory, in the shape of the reversed box."""
    box = box or map_.box
    order = np.arange(int(np.prod(box))).reshape(box[::-1])
    return swizzled(base + order * map_.itemsize, map_.swizzle)


def box_in_global(map_: TensorMap, coordinates: list[int]) -> tuple[Any, Any]:
    """Byte addresses of the box's elements in global memory and which of them exist, in the reversed box's shape."""
    return _far(map_.offset, map_.shape, map_.strides, map_.box, tuple(coordinates))


@functools.lru_cache(maxsize=256)
def _far(
    offset: int, extents: tuple[int, ...], strides: tuple[int, ...], box: tuple[int, ...], at_first: tuple[int, ...]
) -> tuple[Any, Any]:
    rank = len(box)
    address: Any = np.full((1,) * rank, offset, dtype=np.int64)
    inside: Any = np.ones((1,) * rank, dtype=bool)
    for d in range(rank):
        shape = [1] * rank
        shape[rank - 1 - d] = box[d]
        at: Any = (at_first[d] + np.arange(box[d])).reshape(shape)
        inside = inside & (at >= 0) & (at < extents[d])
        address = address + at * strides[d]
    return address, np.broadcast_to(inside, address.shape)
