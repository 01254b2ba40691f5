"""One product before the pipelined loop and one in it, into one accumulator (upstream issue 2547).

What to look at: on 0.1.11 ProducerConsumerWarpSpecialized does not see that a product writes its accumulator, and
leaves the first one in front of the roles. There it spans all 256 threads, in the loop the 128 consumers: the
accumulator gets two layouts, and LayoutInference gives up. `warp_specialize/product_before_the_loop` is the kernel on
lanes where this is mended.
"""

import tilelang.language as T

LANES = ["0.1.11"]
TARGETS = ["cuda:sm_90a"]
WATCH = ["LayoutInference"]
SIZES = {"M": 128, "N": 128, "K": 256}
REJECTED = {
    "cuda:sm_90a": "Get different layout for C_local",
    "cuda:sm_100a": "Get different layout for C_local",
}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_first = T.alloc_shared((64, 32), "float16")
            B_first = T.alloc_shared((32, 64), "float16")
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            T.copy(A[by * 64, 0], A_first)
            T.copy(B[0, bx * 64], B_first)
            T.gemm(A_first, B_first, C_local)
            for ko in T.Pipelined(1, T.ceildiv(K, 32), num_stages=2):
                T.copy(A[by * 64, ko * 32], A_shared)
                T.copy(B[ko * 32, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main
