"""Four rows gathered by TMA, and scattered again."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

import tilelang.language as T


def four_rows():
    @T.prim_func
    def main(A: T.Tensor((8, 64), "float16"), rows: T.Tensor((8,), "int32"), B: T.Tensor((8, 64), "float16")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((4, 64), "float16")
            full = T.alloc_barrier(1)
            if T.shuffle_elect(0):
                T.mbarrier_expect_tx(full, T.tma_gather4_bytes(64, "float16"))
                T.tma_gather4(A, tile, 0, [rows[0], rows[1], rows[2], rows[3]], barrier=full)
                T.mbarrier_arrive(full)
            T.mbarrier_wait_parity(full, 0)
            if T.shuffle_elect(0):
                T.tma_scatter4(tile, B, 0, [rows[4], rows[5], rows[6], rows[7]])
                T.tma_store_arrive()
                T.tma_store_wait(0)

    return main
