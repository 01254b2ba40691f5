"""Transpose through shared memory, with the tile padded by one column so that column reads hit 32 banks.

What to look at: LayoutInference applies the pitch of 33 to the tile; LowerTileOp turns the copy and the parallel loop
into per-thread accesses, rows of A in and rows of B out; ThreadSync puts the one barrier between them.
"""

import re

import tilelang.language as T
from tilelang.layout import Layout

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["LayoutInference", "LowerTileOp", "ThreadSync", "tir.StorageRewrite", "LowerIntrin"]
SIZES = {"M": 64, "N": 96}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(M, N):
    @T.prim_func
    def main(A: T.Tensor((M, N), "float32"), B: T.Tensor((N, M), "float32")):
        with T.Kernel(T.ceildiv(N, 32), T.ceildiv(M, 32), threads=128) as (bx, by):
            tile = T.alloc_shared((32, 32), "float32", scope="shared")
            T.annotate_layout({tile: Layout((32, 32), lambda i, j: i * 33 + j)})
            T.copy(A[by * 32, bx * 32], tile)
            for i, j in T.Parallel(32, 32):
                B[bx * 32 + i, by * 32 + j] = tile[j, i]

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, N))).float()}


def reference(A):
    return {"B": A.T.contiguous()}


def claim_one_barrier_between_writing_and_reading_the_tile(trace):
    """All of the tile is written, then one barrier, then it is read, row by row in and column by column out."""
    if trace.target == "c":
        return  # one thread: nothing to synchronise
    order = re.findall(r"(tile\w*\[.*\] = A|storage_sync|= tile\w*\[)", trace.after("ThreadSync"))
    assert [o[:3] for o in order] == ["til", "sto", "= t"], f"order of accesses and barriers: {order}"


def claim_the_pitch_is_33(trace):
    """The write steps by 33 from row to row, the read from column to column."""
    write, read = re.findall(r"\btile\[(.*?)\](?: = A|;$)", trace.source.partition("for (")[2], re.MULTILINE)
    assert "* 33)" in write and "* 33)" in read, f"write index {write}, read index {read}"


# CHECK-AFTER(ThreadSync, cuda:sm_80): ] = A
# CHECK: T.tvm_storage_sync(
# CHECK-NOT: T.tvm_storage_sync(
# CHECK: = tile{{.*}}[
