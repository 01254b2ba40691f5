"""A pipelined loop inside a `while` (upstream issue 2548).

What to look at: ProducerConsumerWarpSpecialized finds the pipeline, but cannot put the two roles in its place, because
it looks for the loop only under blocks, branches and `for`. Targets without TMA lower it.
"""

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized"]
SIZES = {"M": 128, "N": 128, "K": 256}
REJECTED = {
    "cuda:sm_90a": "ProducerConsumerWS: failed to replace pipeline loop",
    "cuda:sm_100a": "ProducerConsumerWS: failed to replace pipeline loop",
}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            done = T.alloc_local((1,), "int32")
            T.clear(C_local)
            done[0] = 0
            while done[0] < K:
                for ko in T.Pipelined(4, num_stages=2):
                    T.copy(A[by * 64, done[0] + ko * 32], A_shared)
                    T.copy(B[done[0] + ko * 32, bx * 64], B_shared)
                    T.gemm(A_shared, B_shared, C_local)
                done[0] = done[0] + 128
            T.copy(C_local, C[by * 64, bx * 64])

    return main
