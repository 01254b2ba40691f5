"""Four rows gathered by TMA, by numbers that are written in the kernel: LowerTileOp reads a pointer that is none.

What to look at: with `rows[0]` from a tensor the same kernel lowers (`gather/gather4_rows`). Constants reach the pass
as plain integers where it expects expressions, and the process dies. A crash is kept here as what must be mended.
"""

import tilelang.language as T

TARGETS = ["cuda:sm_100a"]
WATCH = ["LowerTileOp"]
SIZES = {"M": 64, "K": 64}
REJECTED = {"cuda:sm_80": "SIGSEGV", "cuda:sm_90a": "SIGSEGV", "cuda:sm_100a": "SIGSEGV"}
NOT_ON = {"metal": "no mbarrier", "hip": "no mbarrier", "c": "no mbarrier"}


def kernel(M, K):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((4, K), "float16")):
        with T.Kernel(1, threads=128):
            tile = T.alloc_shared((4, K), "float16")
            full = T.alloc_barrier(1)
            if T.shuffle_elect(0):
                T.mbarrier_expect_tx(full, T.tma_gather4_bytes(K, "float16"))
                T.tma_gather4(A, tile, 0, [0, 3, 1, 2], barrier=full)
                T.mbarrier_arrive(full)
            T.mbarrier_wait_parity(full, 0)
            T.copy(tile, B)

    return main
