"""Kernels that upstream compiles to wrong code on supported lanes, as small as they get."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

import tilelang.language as T


def two_consumers_one_operand(K=256):
    """Two warpgroups share A_shared, and only one barrier per iteration orders them."""

    @T.prim_func
    def main(A: T.Tensor((128, K), "float16"), B: T.Tensor((K, 128), "float16"), C: T.Tensor((128, 128), "float16")):
        with T.Kernel(1, threads=256) as _:
            A_shared = T.alloc_shared((128, 64), "float16", "shared")
            B_left = T.alloc_shared((64, 64), "float16", "shared")
            B_right = T.alloc_shared((64, 64), "float16", "shared")
            C_left = T.alloc_fragment((128, 64), "float32")
            C_right = T.alloc_fragment((128, 64), "float32")
            with T.ws(1):
                T.clear(C_right)
            with T.ws(0):
                T.clear(C_left)
            for ko in T.Pipelined(K // 64, num_stages=0):
                T.copy(A[0, ko * 64], A_shared)
                with T.ws(1):
                    T.copy(B[ko * 64, 64], B_right)
                    T.gemm(A_shared, B_right, C_right)
                with T.ws(0):
                    T.copy(B[ko * 64, 0], B_left)
                    T.gemm(A_shared, B_left, C_left)
            with T.ws(1):
                T.copy(C_right, C[0, 64])
            with T.ws(0):
                T.copy(C_left, C[0, 0])

    return main


def read_then_overwritten(N=8):
    """The loop reads a tile and then loads the next into it (upstream issue 2668)."""

    @T.prim_func
    def main(A: T.Tensor((N, 128), "float32"), C: T.Tensor((N, 128), "float32")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((128,), "float32")
            row = T.alloc_fragment((128,), "float32")
            T.fill(tile, 1.0)
            for ko in T.Pipelined(N, num_stages=2):
                T.copy(tile, row)
                T.copy(row, C[ko, 0:128])
                T.copy(A[ko, 0:128], tile)

    return main


def filled_after_copy():
    """A slice is filled after the whole is copied, by other threads (upstream issue 2698)."""

    @T.prim_func
    def main(A: T.Tensor((64,), "float32"), C: T.Tensor((64,), "float32")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((64,), "float32")
            T.copy(A, tile)
            T.fill(tile[10:16], 0.0)
            T.copy(tile, C)

    return main
