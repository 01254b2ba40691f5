"""The accumulator starts from a bias: work that only the consumers may do.

What to look at: ProducerConsumerWarpSpecialized must put the initialisation of C_local in the consumer branch. In the
producer branch it would write registers of the wrong threads, and the consumers would accumulate onto garbage.
"""

import tilelang.language as T

from cases.pipeline import gemm_pipelined
from tl_passlab.query import after

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized", "LayoutInference", "AnnotateWarpGroupRegAlloc"]
SIZES = {"M": 128, "N": 128, "K": 256}
NOT_ON = {"metal": "a simdgroup accumulator has no elementwise access", "c": "its GEMM takes no versioned buffer"}


def kernel(M, N, K):
    @T.prim_func
    def main(
        A: T.Tensor((M, K), "float16"),
        B: T.Tensor((K, N), "float16"),
        bias: T.Tensor((N,), "float32"),
        C: T.Tensor((M, N), "float32"),
    ):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            for i, j in T.Parallel(64, 64):
                C_local[i, j] = bias[bx * 64 + j]
            for ko in T.Pipelined(T.ceildiv(K, 32), num_stages=2):
                T.copy(A[by * 64, ko * 32], A_shared)
                T.copy(B[ko * 32, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def inputs(rng, M, N, K):
    from torch import from_numpy as tensor

    return {**gemm_pipelined.inputs(rng, M, N, K, 2), "bias": tensor(rng.standard_normal(N)).float()}


def reference(A, B, bias):
    return {"C": A.double() @ B.double() + bias.double()}


def claim_only_consumers_touch_the_accumulator(trace):
    """The producer branch copies and never uses C_local; the consumer branch initialises it once and never copies."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # not warp-specialised
    roles = after(trace, "ProducerConsumerWarpSpecialized").branches()
    uses = [(role.count("tma_copy"), role.uses("C_local"), len(role.stores("C_local"))) for role in roles]
    assert uses == [(2, 0, 0), (0, 3, 1)], f"(TMA copies, uses of C_local, elementwise stores to it) per role: {uses}"
