"""A kernel whose copies become different things, each for a reason that can be read off its line."""

# mypy: ignore-errors
# ruff: noqa: ANN201, ANN202
# No `from __future__ import annotations`: the annotations of a kernel are TIR types, read when it is built.
import tilelang.language as T


def tensor_memory():
    """A product in tensor memory: tcgen05 on Blackwell, and the way out through registers."""

    @T.prim_func
    def main(A: T.Tensor((128, 64), "float16"), B: T.Tensor((128, 64), "float16"), C: T.Tensor((128, 128), "float32")):
        with T.Kernel(1, threads=128):
            A_shared = T.alloc_shared((128, 64), "float16")
            B_shared = T.alloc_shared((128, 64), "float16")
            C_tmem = T.alloc_tmem([128, 128], "float32")
            C_local = T.alloc_fragment((128, 128), "float32")
            done = T.alloc_barrier(1)
            T.copy(A, A_shared)
            T.copy(B, B_shared)
            T.tcgen05_gemm(A_shared, B_shared, C_tmem, transpose_B=True, mbar=done, clear_accum=True)
            T.mbarrier_wait_parity(done, 0)
            T.copy(C_tmem, C_local)
            T.copy(C_local, C)

    return main


def many_copies():
    @T.prim_func
    def main(
        A: T.Tensor((128, 256), "float16"),
        B: T.Tensor((256, 128), "float16"),
        bias: T.Tensor((64, 64), "float32"),
        C: T.Tensor((128, 128), "float16"),
    ):
        with T.Kernel(2, 2, threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_shared = T.alloc_shared((64, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            bias_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            T.copy(bias, bias_local)
            for ko in T.Pipelined(8, num_stages=2):
                T.copy(A[by * 64, ko * 32], A_shared)
                T.copy(B[ko * 32, bx * 64], B_shared, disable_tma=True)
                T.gemm(A_shared, B_shared, C_local)
            for i, j in T.Parallel(64, 64):
                C_local[i, j] += bias_local[i, j]
            T.copy(C_local, C_shared)
            T.copy(C_shared, C[by * 64, bx * 64])

    return main
