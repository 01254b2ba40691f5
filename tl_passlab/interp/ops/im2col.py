"""TMA in im2col mode: the pixels that one tap of a convolution meets, in the order of its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.memory import Ptr
from tl_passlab.interp.ops import sync, transfer
from tl_passlab.interp.ops.pointer import pointer
from tl_passlab.interp.ops.tensormap import ITEM_SIZES, TensorMap, box_in_shared
from tl_passlab.interp.ops.tma import check_span, chosen, loading, map_of, near_pointer
from tl_passlab.interp.program import DYNAMIC, Code

RANK = 4


@dataclass(frozen=True)
class PixelMap(TensorMap):
    """A map of an NHWC image, innermost first: its box is channels by pixels, `steps` apart in x and y.

    Pixels run from `first` of both dimensions to `last`, x first, and go on with the next image.
    """

    steps: tuple[int, int]
    first: tuple[int, int]
    last: tuple[int, int]

    def pixels(self, x: int, y: int, image: int) -> Any:
        """The coordinates of the box's pixels from a given one on, as three arrays."""
        counts = [max(0, (e - s) // step + 1) for s, e, step in zip(self.first, self.last, self.steps, strict=True)]
        at = [(v - s) // step for v, s, step in zip((x, y), self.first, self.steps, strict=True)]
        number: Any = at[0] + counts[0] * (at[1] + counts[1] * image) + np.arange(self.box[1])
        rows = number // counts[0]
        return (
            self.first[0] + number % counts[0] * self.steps[0],
            self.first[1] + rows % counts[1] * self.steps[1],
            rows // counts[1],
        )

    def starts_at(self, x: int, y: int) -> bool:
        """Whether a pixel is one of those that the map runs over."""
        return all(
            s <= v <= e and (v - s) % step == 0
            for v, s, e, step in zip((x, y), self.first, self.last, self.steps, strict=True)
        )


def pixel_map_from(a: Any, values: list[Any], site: int) -> PixelMap:
    """Build a map: type, rank, address, shape, strides, steps, both corners, pixels, channels, interleave, swizzle."""
    flat: list[Any] = [v if isinstance(v, Ptr) else int(axes.uniform(v)) for v in values]
    if flat[1] != RANK:
        raise Unsupported(f"im2col tensor map of rank {flat[1]}")
    if not isinstance(flat[2], Ptr):
        raise Malformed("a tensor map of something that is not global memory")
    shape, strides, steps = (tuple(flat[3 + i * RANK : 3 + (i + 1) * RANK]) for i in range(3))
    lower, upper = tuple(flat[15:17]), tuple(flat[17:19])
    pixels, channels, interleave, swizzle = flat[19:23]
    if interleave or steps[0] != 1 or steps[3] != 1:
        raise Unsupported("im2col tensor map with interleaving, or steps over channels or images")
    if any(s % 16 for s in strides[1:]):
        a.m.report("misuse", "tensor map: a stride is not a multiple of 16 bytes", a, site)
    last = (shape[1] - 1 + upper[0], shape[2] - 1 + upper[1])
    box = (channels, pixels)
    itemsize = ITEM_SIZES[flat[0]]
    of = flat[2]
    return PixelMap(of.mem, of.offset, itemsize, shape, strides, box, swizzle, (steps[1], steps[2]), lower, last)


def _far(map_: PixelMap, channel: int, x: Any, y: Any, image: Any) -> tuple[Any, Any]:
    """Byte addresses of channels by pixels, and which of them exist."""
    c: Any = (channel + np.arange(map_.box[0]))[None, :]
    address, inside = map_.offset + c * map_.strides[0], (c >= 0) & (c < map_.shape[0])
    for at, extent, stride in zip((x, y, image), map_.shape[1:], map_.strides[1:], strict=True):
        address = address + at[:, None] * stride
        inside = inside & (at[:, None] >= 0) & (at[:, None] < extent)
    return address, inside


def _create(b: Build, call: Any) -> Code:
    runs, site = [b.expr(x).run for x in call.args], b.site
    return Code(lambda a: pixel_map_from(a, [r(a) for r in runs], site), DYNAMIC)


def _load(b: Build, call: Any) -> Code:
    """Arguments: map, barrier, shared pointer, channel, x, y, image, the tap's x and y, eviction policy."""
    args = list(call.args)
    map_at, barrier_at, near = b.expr(args[0]).run, sync.barrier_of(b, args[1]), pointer(b, args[2])
    numbers, site = [b.expr(x).run for x in args[3:9]], b.site

    def run(a: Any) -> None:
        if not a.active():
            return
        map_, barrier = map_of(map_at(a)), barrier_at(a)
        if not isinstance(map_, PixelMap):
            raise Malformed("tl.tma_load_im2col with a tensor map that is not one of im2col")
        mem, base = near_pointer(a, near(a))
        channel, x, y, image, tap_x, tap_y = (int(chosen(a, n(a))) for n in numbers)
        if not map_.starts_at(x, y):
            a.m.report("misuse", f"im2col starts at x {x}, y {y}, which its tensor map does not run over", a, site)
            return
        index = box_in_shared(map_, base) // map_.itemsize
        check_span(a, mem, index, map_.itemsize, site)
        column, row, number = map_.pixels(x, y, image)
        far, inside = _far(map_, channel, column + tap_x, row + tap_y, number)

        act = loading(map_, far, inside, mem, index)
        for _ in a.active_lanes():
            transfer.start(a, barrier, map_.nbytes, act, mem, index.reshape(-1), map_.itemsize, site)

    return Code(run, DYNAMIC)


OPS = {"tl.create_tma_im2col_descriptor": _create, "tl.tma_load_im2col": _load}
