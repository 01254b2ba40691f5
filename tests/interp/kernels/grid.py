"""Kernels whose blocks meet at barriers of the grid."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

import tilelang.language as T


def neighbours(blocks_that_meet=3):
    """Every block stores twice, and each time reads what the next block stored; some may skip the second barrier."""

    @T.prim_func
    def main(A: T.Tensor((96,), "int32"), B: T.Tensor((96,), "int32"), C: T.Tensor((96,), "int32")):
        with T.Kernel(3, threads=64) as bx:
            tile = T.alloc_shared((32,), "int32")
            for i in T.Parallel(32):
                B[bx * 32 + i] = A[bx * 32 + i] * 2
            T.sync_grid()
            for i in T.Parallel(32):
                tile[31 - i] = B[(bx * 32 + i + 32) % 96]
            if bx < blocks_that_meet:
                T.sync_grid()
            for i in T.Parallel(32):
                B[bx * 32 + i] = tile[i] + 1
            T.sync_grid()
            for i in T.Parallel(32):
                C[bx * 32 + i] = B[(bx * 32 + i + 32) % 96]

    return main
