"""Tile-level matrix products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import GEMM_NAMES, gemm_arguments, literal
from tl_passlab.interp.ops import sync, tensor_memory
from tl_passlab.interp.program import DYNAMIC, Code
from tl_passlab.interp.region import Box, Region


def matrix(values: Any) -> Any:
    """The last two axes of a region; leading axes of length one are stage and batch positions."""
    return values.reshape(values.shape[-2:])


def product(left: Any, right: Any, accumulator: np.dtype[Any]) -> Any:
    """A matrix product in the accumulator's kind of arithmetic: integers exactly, floats through float32 or better."""
    if accumulator.kind in "iu":
        return left.astype(np.int64) @ right.astype(np.int64)
    wide = np.float64 if accumulator == np.float64 else np.float32
    return left.astype(wide) @ right.astype(wide)


@dataclass(frozen=True)
class Product:
    """One product of evaluated regions, to be carried out when it completes."""

    left: Box
    right: Box
    out: Box
    transpose_a: bool
    transpose_b: bool
    keep: bool

    def carry_out(self) -> None:
        """Read the operands, write the accumulator."""
        p, q = (matrix(box.mem.view(box.dtype)[box.index]) for box in (self.left, self.right))
        view = self.out.mem.view(self.out.dtype)
        result = product(p.T if self.transpose_a else p, q.T if self.transpose_b else q, self.out.dtype)
        if self.keep:
            result = result + matrix(view[self.out.index]).astype(result.dtype)
        view[self.out.index] = dtypes.cast(result, self.out.dtype).reshape(self.out.shape)


def _gemm(b: Build, call: Any) -> Code:
    g = gemm_arguments(call)
    left, right, out = Region(b, g.a), Region(b, g.b), Region(b, g.c)
    clear, site = b.expr(g.clear).run, b.site
    barrier_at = sync.barrier_of(b, g.barrier) if g.barrier is not None else None

    def run(a: Any) -> None:
        x, y, to = left.at(a), right.at(a), out.at(a)
        if barrier_at is not None:
            keep = not axes.uniform(clear(a))
            tensor_memory.start(a, barrier_at(a), Product(x, y, to, g.transpose_a, g.transpose_b, keep), site)
            return
        p, q = matrix(x.load(a, site)), matrix(y.load(a, site))
        result = product(p.T if g.transpose_a else p, q.T if g.transpose_b else q, to.dtype)
        if not axes.uniform(clear(a)):
            result = result + matrix(to.load(a, site)).astype(result.dtype)
        to.store(a, dtypes.cast(result, to.dtype).reshape(to.shape), site)

    return Code(run, DYNAMIC)


def _gemm_sp(b: Build, call: Any) -> Code:
    """2:4 sparse product: each metadata nibble says which two of four columns the pair of A values holds."""
    args = list(call.args)
    left, meta, right, out = (Region(b, x) for x in args[:4])
    transpose_a, transpose_b = bool(literal(args[4])), bool(literal(args[5]))
    clear, site = b.expr(args[10]).run, b.site

    def run(a: Any) -> None:
        x, e, y, to = left.at(a), meta.at(a), right.at(a), out.at(a)
        packed = matrix(x.load(a, site))
        packed = packed.T if transpose_a else packed
        q = matrix(y.load(a, site))
        dense = expand_sparse(packed, matrix(e.load(a, site)))
        result = product(dense, q.T if transpose_b else q, to.dtype)
        if not axes.uniform(clear(a)):
            result = result + matrix(to.load(a, site)).astype(result.dtype)
        to.store(a, dtypes.cast(result, to.dtype).reshape(to.shape), site)

    return Code(run, DYNAMIC)


def expand_sparse(packed: Any, meta: Any) -> Any:
    """The dense matrix of a 2:4 compressed one: nibble i of a row's metadata places values 2i and 2i+1."""
    rows, half = packed.shape
    raw = np.ascontiguousarray(meta).view(np.uint8).reshape(rows, -1)
    nibbles = np.stack([raw & 15, raw >> 4], axis=-1).reshape(rows, -1)[:, : half // 2]
    dense = np.zeros((rows, half // 2, 4), dtype=packed.dtype)
    pairs = packed.reshape(rows, half // 2, 2)
    row, group = np.indices(nibbles.shape)
    dense[row, group, nibbles & 3] = pairs[..., 0]
    dense[row, group, nibbles >> 2] = pairs[..., 1]
    return dense.reshape(rows, half * 2)


OPS = {**dict.fromkeys(GEMM_NAMES, _gemm), "tl.tileop.gemm_sp": _gemm_sp, "tl.tileop.gemm_sp_py": _gemm_sp}
TOGETHER = (*GEMM_NAMES, "tl.tileop.gemm_sp", "tl.tileop.gemm_sp_py")
