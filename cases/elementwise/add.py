"""Elementwise addition over a ragged shape: the smallest kernel with something to vectorise and something to guard.

What to look at: LayoutInference spreads the parallel loop over the threads and finds the widest vector that the row
length 72 allows; LowerTileOp writes the vectorised loop; LegalizeSafeMemoryAccess guards both edges.
"""

import tilelang.language as T

from tl_passlab.query import after

TARGETS = ["cuda:sm_80", "metal", "c"]
WATCH = [
    "LayoutInference",
    "LowerTileOp",
    "LegalizeSafeMemoryAccess",
    "VectorizeLoop",
    "tirx.Simplify",
    "LoopUnswitching",
    "s_tir.RenormalizeSplitPattern",
    "tirx.RemoveNoOp",
]
SIZES = {"M": 100, "N": 72}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(M, N):
    @T.prim_func
    def main(A: T.Tensor((M, N), "float32"), B: T.Tensor((M, N), "float32"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 32), threads=128) as (bx, by):
            for i, j in T.Parallel(32, 64):
                C[by * 32 + i, bx * 64 + j] = A[by * 32 + i, bx * 64 + j] + B[by * 32 + i, bx * 64 + j]

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {name: tensor(rng.standard_normal((M, N))).float() for name in "AB"}


def reference(A, B):
    return {"C": A.double() + B.double()}


def claim_each_element_is_computed_once(trace):
    """Threads x iterations x vector lanes is the size of the tile, and a vector is 16 bytes (32 on sm_100a)."""
    region = after(trace, "LowerTileOp")
    steps, lanes = (int(region.loops(kind=kind)[0].extent) for kind in ("unroll", "vectorized"))
    threads = 1 if trace.target == "c" else 128
    assert threads * steps * lanes == 32 * 64, f"{threads} threads x {steps} iterations x {lanes} lanes"
    assert lanes == (8 if trace.target == "cuda:sm_100a" else 4), f"{lanes} lanes of float32"


def claim_both_edges_are_guarded(trace):
    """LegalizeSafeMemoryAccess compares the column with 72 and the row with 100 around the store."""
    columns = after(trace, "LegalizeSafeMemoryAccess").branches("* < 72")
    guarded = [store for column in columns for row in column.branches("* < 100") for store in row.stores("C")]
    assert guarded, "the store of C is not under a guard of its column and one of its row"
