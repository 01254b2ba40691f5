"""`tl::CumSum1D/2D` and `tl::CumMax1D/2D`: each line of a shared tile is scanned by one warp, with no barrier."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.ops.pointer import pointer
from tl_passlab.interp.ops.tma import near_pointer
from tl_passlab.interp.program import DYNAMIC, Code

PATTERN = re.compile(r"tl::Cum(Sum|Max)([12])D<(\d+)(?:, (\d+))?, (true|false)>::run$")


def find(name: str) -> Callable[[Build, Any], Code] | None:
    """The compiler of one instantiation."""
    match = PATTERN.match(name)
    if match is None:
        return None
    accumulate = np.add.accumulate if match[1] == "Sum" else np.maximum.accumulate
    lines = 1 if match[2] == "1" else int(match[3]) // WARP
    along_row, reverse = match[2] == "1" or match[4] == "1", match[5] == "true"

    def compiler(b: Build, call: Any) -> Code:
        args = list(call.args)[1:]
        source, target = pointer(b, args[0]), pointer(b, args[1])
        numbers, site = [b.expr(x).run for x in args[2:]], b.site

        def run(a: Any) -> None:
            sizes = [int(axes.uniform(n(a))) for n in numbers]
            height, width = (1, sizes[0]) if len(sizes) == 1 else sizes[:2]
            strides = sizes[2:4] if len(sizes) == 4 else [width, width]
            for i in range(height if along_row else width):
                with a.masked(axes.along(axes.LANE, a.lanes // WARP % (a.m.thread_count // WARP) == i % lines)):
                    if a.active():
                        _line(
                            a,
                            source(a),
                            target(a),
                            _steps(i, along_row, height, width, strides),
                            reverse,
                            accumulate,
                            site,
                        )

        return Code(run, DYNAMIC)

    return compiler


def _steps(i: int, along_row: bool, height: int, width: int, strides: list[int]) -> tuple[Any, Any]:
    """Element offsets of one line in the source and in the target."""
    if along_row:
        return i * strides[0] + np.arange(width), i * strides[1] + np.arange(width)
    return i + np.arange(height) * strides[0], i + np.arange(height) * strides[1]


def _line(a: Any, of: Any, to: Any, steps: tuple[Any, Any], reverse: bool, accumulate: Any, site: int) -> None:
    dtype = of.dtype
    source, start = near_pointer(a, of)
    target, first = near_pointer(a, to)
    index, out = start // dtype.itemsize + steps[0], first // dtype.itemsize + steps[1]
    for mem, where in ((source, index), (target, out)):
        if where.min() < 0 or where.max() >= mem.nbytes // dtype.itemsize:
            a.m.report_outside(a, mem, where, mem.nbytes // dtype.itemsize, dtype.itemsize, site)
            return
    if a.watch is not None:
        a.watch.read(a, source, axes.along(axes.VECTOR, index), dtype.itemsize, site)
    values = source.view(dtype)[index]
    values = values[::-1] if reverse else values
    total = accumulate(values, dtype=dtype)
    if a.watch is not None:
        a.watch.write(a, target, axes.along(axes.VECTOR, out), dtype.itemsize, site)
    target.view(dtype)[out] = total[::-1] if reverse else total
