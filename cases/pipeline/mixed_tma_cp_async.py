"""A pipeline whose operands arrive by different engines: A by TMA, B row by row through an index by cp.async.

What to look at: ProducerConsumerWarpSpecialized classifies each copy. The gather cannot be a TMA box, so every producer
thread issues its own cp.async and arrives when they land (`ptx_cp_async_barrier_noinc`); the full barriers therefore
count 128 producer threads instead of one.
"""

import tilelang.language as T

from tl_passlab.query import after

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized", "LayoutInference", "LowerTileOp", "LowerSharedBarrier"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_rows": 200}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K, num_rows):
    @T.prim_func
    def main(
        A: T.Tensor((M, K), "float16"),
        B: T.Tensor((num_rows, K), "float16"),
        rows: T.Tensor((N,), "int32"),
        C: T.Tensor((M, N), "float32"),
    ):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((64, 32), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(T.ceildiv(K, 32), num_stages=2):
                T.copy(A[by * 64, ko * 32], A_shared)
                for i, j in T.Parallel(64, 32):
                    B_shared[i, j] = B[rows[bx * 64 + i], ko * 32 + j]
                T.gemm(A_shared, B_shared, C_local, transpose_B=True)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def inputs(rng, M, N, K, num_rows):
    from torch import from_numpy as tensor

    A, B = rng.standard_normal((M, K)), rng.standard_normal((num_rows, K)) / K**0.5
    return {"A": tensor(A).half(), "B": tensor(B).half(), "rows": tensor(rng.permutation(num_rows)[:N]).int()}


def reference(A, B, rows):
    return {"C": A.double() @ B.double()[rows.long()].T}


def claim_full_barriers_count_every_producer_thread(trace):
    """One TMA copy and one cp.async arrival per iteration, on barriers that all 128 producer threads complete."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # no TMA
    region = after(trace, "ProducerConsumerWarpSpecialized")
    copies, arrivals = region.ops("tma_copy"), region.ops("ptx_cp_async_barrier_noinc")
    assert (len(copies), len(arrivals)) == (1, 1), f"{len(copies)} TMA copies, {len(arrivals)} cp.async arrivals"
    assert copies[0].kwargs.get("emit_arrive") != "1", "one thread arrives for the TMA copy"
    assert region.attrs("barrier_init") == ["{mbarrier: [128, 128, 128, 128]}"], "not 128 threads each"
