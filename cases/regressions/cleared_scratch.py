"""A shared scratch tile is cleared before a warp-specialised loop (upstream issue 2643).

What to look at: T.clear of a shared buffer stays in front of the two roles, where it is spread over all 384 threads of
producer and consumers. 64 x 64 elements do not divide among them, so LowerTileOp finds no bijective layout. Targets
without warp specialisation lower it.
"""

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["LowerTileOp"]
SIZES = {"M": 128, "N": 128, "K": 256}
REJECTED = {"cuda:sm_90a": "Index mapping does not form a bijective transform"}
NOT_ON = {
    "cuda:sm_100a": {"0.1.11": "the same fault; 0.1.15 clears shared memory in bulk there"},
    "metal": "a simdgroup accumulator has no elementwise access",
    "c": "T.clear takes no fragment there",
}


def kernel(M, N, K):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float16")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=256) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            scratch = T.alloc_shared((64, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            T.clear(scratch)
            for ko in T.Pipelined(T.ceildiv(K, 32), num_stages=2):
                T.copy(A[by * 64, ko * 32], A_shared)
                T.copy(B[ko * 32, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            for i, j in T.Parallel(64, 64):
                scratch[i, j] = C_local[i, j]
            T.copy(scratch, C[by * 64, bx * 64])

    return main


def inputs(rng, M, N, K):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, K))).half(), "B": tensor(rng.standard_normal((K, N)) / K**0.5).half()}


def reference(A, B):
    return {"C": A.double() @ B.double()}
