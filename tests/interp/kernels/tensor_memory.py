"""Products on Blackwell's tensor cores."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

import tilelang.language as T


def product(M=128, N=64, K=128, step=64, dtype="bfloat16", accum="float32", transposed=(False, True), ordered=True):
    """A and B through shared memory, a step of K at a time; `ordered` keeps tensor memory until all have read it."""
    (a_kn, b_nk), tiles = transposed, K // step

    @T.prim_func
    def main(
        A: T.Tensor((K, M) if a_kn else (M, K), dtype),
        B: T.Tensor((N, K) if b_nk else (K, N), dtype),
        C: T.Tensor((M, N), accum),
    ):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((step, M) if a_kn else (M, step), dtype)
            B_shared = T.alloc_shared((N, step) if b_nk else (step, N), dtype)
            C_tmem = T.alloc_tmem([M, N], accum)
            done = T.alloc_barrier(1)
            C_local = T.alloc_fragment((M, N), accum)
            for k in T.serial(tiles):
                T.copy(A[k * step * a_kn, k * step * (1 - a_kn)], A_shared)
                T.copy(B[k * step * (1 - b_nk), k * step * b_nk], B_shared)
                T.tcgen05_gemm(
                    A_shared, B_shared, C_tmem, transpose_A=a_kn, transpose_B=b_nk, mbar=done, clear_accum=k == 0
                )
                T.mbarrier_wait_parity(done, k % 2)
            T.copy(C_tmem, C_local)
            if ordered:
                T.sync_threads()
            T.copy(C_local, C)

    return main


def left_in_tensor_memory():
    """The left operand goes from registers into tensor memory before the product."""

    @T.prim_func
    def main(A: T.Tensor((128, 64), "bfloat16"), B: T.Tensor((64, 64), "bfloat16"), C: T.Tensor((128, 64), "float32")):
        with T.Kernel(1, threads=128) as _:
            A_local = T.alloc_fragment((128, 64), "bfloat16")
            A_tmem = T.alloc_tmem([128, 64], "bfloat16")
            B_shared = T.alloc_shared((64, 64), "bfloat16")
            C_tmem = T.alloc_tmem([128, 64], "float32")
            C_local = T.alloc_fragment((128, 64), "float32")
            done = T.alloc_barrier(1)
            T.copy(A, A_local)
            T.copy(A_local, A_tmem)
            T.copy(B, B_shared)
            T.sync_threads()
            T.tcgen05_gemm(A_tmem, B_shared, C_tmem, mbar=done, clear_accum=True)
            T.mbarrier_wait_parity(done, 0)
            T.copy(C_tmem, C_local)
            T.sync_threads()
            T.copy(C_local, C)

    return main
