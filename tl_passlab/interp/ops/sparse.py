"""2:4 sparse operands: what their metadata means, and which lanes hold it for mma.sp and wgmma.sp.

A nibble of metadata says where, among four columns, two kept values stand; for 32-bit values, which one of two columns
the one kept value is (in halves: 0b0100 the first, 0b1110 the second). Other nibbles are undefined on hardware; here
the second of two values with one place wins.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.ops.pointer import pointer
from tl_passlab.interp.ops.tma import near_pointer

ROWS = 16
WORD = 4
NIBBLES = 2 * WORD


def nibbles_of(words: Any) -> Any:
    """The nibbles of the rows of an array of integers, low ones first."""
    raw = np.ascontiguousarray(words).view(np.uint8)
    return np.stack([raw & 15, raw >> 4], axis=-1).reshape(*raw.shape[:-1], -1)


def expanded(packed: Any, nibbles: Any) -> Any:
    """The dense rows of compressed ones; the last axes are the kept values and the metadata of a row."""
    kept = 1 if packed.dtype.itemsize == 4 else 2
    groups = packed.shape[-1] // kept
    nibbles = nibbles[..., :groups, None].astype(np.int64)
    values = packed.reshape(*packed.shape[:-1], groups, kept)
    dense = np.zeros((*values.shape[:-1], 2 * kept), dtype=packed.dtype)
    for position in range(kept):
        place = nibbles >> 2 * position & 3
        np.put_along_axis(dense, place >> 1 if kept == 1 else place, values[..., position : position + 1], axis=-1)
    return dense.reshape(*packed.shape[:-1], -1)


def arithmetic(kind: str) -> str:
    """The type in which an operand is multiplied: there are no sparse products of whole 32-bit floats."""
    return "tf32" if kind in ("fp32", "f32", "float32") else kind


@functools.cache
def holders(columns: int, itemsize: int, selector: int) -> tuple[Any, Any]:
    """For each row of a warp's 16 and each nibble of it: the lane that holds it, and which nibble of its word it is."""
    groups = columns // (2 if itemsize == WORD else 4)
    row, group = (np.asarray(x) for x in np.indices((ROWS, groups)))
    quad, upper = row % 8 * 4, row // 8
    if itemsize == 1 and groups == 2 * NIBBLES and selector == 0:  # the whole quad: lower and upper rows in turn
        return quad + upper + group // NIBBLES * 2, group % NIBBLES
    if itemsize > 1 and groups == NIBBLES and selector in (0, 1):  # a pair of lanes, each with half words of two rows
        return quad + 2 * selector + group // 4, group % 4 + 4 * upper
    if itemsize > 1 and groups == 4 and selector in range(4):  # one lane of the quad
        return quad + selector, group % 4 + 4 * upper
    raise Unsupported(f"sparse product of {columns} columns of {itemsize}-byte values with selector {selector}")


@dataclass(frozen=True)
class Metadata:
    """The compiled metadata operand of a sparse product: one word per lane, read when the product is issued."""

    start: Any
    offset: Any
    selector: int
    site: int

    def of(self, a: Any, columns: int, itemsize: int) -> Any:
        """The nibbles of each row of each warp: warps, 16, nibbles."""
        base = self.start(a)
        mem, first = near_pointer(a, base)
        single = axes.uniform(self.offset(a))
        if single is None:
            raise Unsupported("sparse metadata at an offset that differs between lanes")
        first += int(single) * base.dtype.itemsize
        if first % WORD or first + WORD > mem.nbytes or first < 0:
            raise Malformed(f"sparse metadata is a word at byte {first} of {mem.name}")
        index = _words(a.lanes.tobytes(), mem.row_bytes, first)
        if a.watch is not None:
            a.watch.read(a, mem, index, 1, self.site)
        if mem.in_flight:
            a.m.touch_in_flight(a, mem, index, 1, self.site)
        nibbles = nibbles_of(mem.view(np.dtype(np.uint8))[index]).reshape(-1, WARP, NIBBLES)
        lane, which = holders(columns, itemsize, self.selector)
        return nibbles[:, lane, which]


@functools.lru_cache(maxsize=256)
def _words(lanes: bytes, row_bytes: int, first: int) -> Any:
    """Byte indices of each lane's word."""
    own = np.frombuffer(lanes, dtype=np.int64)[:, None] * row_bytes
    return own + first + np.arange(WORD)


def metadata(b: Build, start: Any, offset: Any, selector: Any) -> Metadata:
    """Compile a metadata operand."""
    return Metadata(pointer(b, start), b.expr(offset).run, literal(selector), b.site)
