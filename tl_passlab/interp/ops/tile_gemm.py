"""Tile-level matrix products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import GEMM_NAMES, gemm_arguments, literal
from tl_passlab.interp.errors import Malformed
from tl_passlab.interp.ops import sparse, sync, tensor_memory
from tl_passlab.interp.program import DYNAMIC, Code
from tl_passlab.interp.region import Box, Region


def matrix(values: Any) -> Any:
    """The last two axes of a region; leading axes of length one are stage and batch positions."""
    return values.reshape(values.shape[-2:])


def product(left: Any, right: Any, accumulator: np.dtype[Any]) -> Any:
    """A matrix product in the accumulator's kind of arithmetic: integers exactly, floats through float32 or better."""
    if left.shape[1] != right.shape[0]:
        raise Malformed(f"a product over {left.shape[1]} columns and {right.shape[0]} rows")
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
    """2:4 sparse product; A, E and B may each be transposed."""
    args = list(call.args)
    left, meta, right, out = (Region(b, x) for x in args[:4])
    transposed = [bool(literal(x)) for x in args[4:7]]
    clear, site = b.expr(args[11]).run, b.site

    def run(a: Any) -> None:
        boxes, to = [r.at(a) for r in (left, meta, right)], out.at(a)
        values = [matrix(box.load(a, site)) for box in boxes]
        packed, e, q = (v.T if flip else v for v, flip in zip(values, transposed, strict=True))
        dense = sparse.expanded(np.ascontiguousarray(packed), sparse.nibbles_of(e))
        result = product(dense, q, to.dtype)
        if not axes.uniform(clear(a)):
            result = result + matrix(to.load(a, site)).astype(result.dtype)
        to.store(a, dtypes.cast(result, to.dtype).reshape(to.shape), site)

    return Code(run, DYNAMIC)


OPS = {**dict.fromkeys(GEMM_NAMES, _gemm), "tl.tileop.gemm_sp": _gemm_sp, "tl.tileop.gemm_sp_py": _gemm_sp}
TOGETHER = (*GEMM_NAMES, "tl.tileop.gemm_sp", "tl.tileop.gemm_sp_py")
