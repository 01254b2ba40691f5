"""Two pipelined loops share their tiles but not their number of stages (upstream issue 2309).

What to look at: the first loop asks for two versions of A_shared, the second for three; the layouts inferred for the
two loops then describe different shapes, and LayoutInference gives up. Where copies are not asynchronous (Metal,
gfx942) there is no such layout, and the kernel lowers.
"""

import tilelang.language as T

TARGETS = ["cuda:sm_80", "cuda:sm_90a"]
WATCH = ["LayoutInference"]
SIZES = {"M": 128, "N": 128, "K": 256}
REJECTED = {
    "cuda:sm_80": "InputShape() = (2, 64, 64) shape = (3, 64, 64)",
    "cuda:sm_90a": "InputShape() = (2, 64, 64) shape = (3, 2, 64, 64)",
    "cuda:sm_100a": "InputShape() = (2, 64, 64) shape = (3, 2, 64, 64)",
    "hip:gfx950": "InputShape() = (2, 64, 64) shape = (3, 64, 64)",
}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 64), "float16")
            B_shared = T.alloc_shared((64, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(K // 128, num_stages=2):
                T.copy(A[by * 64, ko * 64], A_shared)
                T.copy(B[ko * 64, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            for ko in T.Pipelined(K // 128, num_stages=3):
                T.copy(A[by * 64, K // 2 + ko * 64], A_shared)
                T.copy(B[K // 2 + ko * 64, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main
