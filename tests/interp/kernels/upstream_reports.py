"""Kernels after reports to upstream of wrong code in passes that no target owns; the number is upstream's issue."""
# ruff: noqa: ANN201, ANN202, SIM102 (kernels keep upstream's idiom, nested guards are the point)

import tilelang.language as T


def merged_guards():
    """Two guards, and the first body changes what they test (2538)."""

    @T.prim_func
    def main(A: T.Tensor((1,), "int32"), Out: T.Tensor((1,), "int32")):
        with T.Kernel(1, threads=1) as _:
            Out[0] = 0
            A[0] = 0
            if A[0] == 0:
                A[0] = 7
            if A[0] == 0:
                Out[0] = 99

    return main


def guards_of_two_buffers(K=4):
    """Two guards of one form that test different buffers (2539)."""

    @T.prim_func
    def main(
        P: T.Tensor((4,), "int32"), Q: T.Tensor((4,), "int32"), OA: T.Tensor((4,), "int32"), OB: T.Tensor((4,), "int32")
    ):
        with T.Kernel(4, threads=32) as bx:
            OA[bx] = 0
            OB[bx] = 0
            for _k in T.serial(K):
                if P[bx] < 2:
                    OA[bx] = 1
                if Q[bx] < 2:
                    OB[bx] = 1

    return main


def barrier_for_48_threads(n=4):
    """A barrier among threads that are no multiple of a warp (2556)."""

    @T.prim_func
    def main(A: T.Tensor((n, 64), "float32"), B: T.Tensor((n, 64), "float32")):
        with T.Kernel(1, threads=64) as _:
            s = T.alloc_shared((64,), "float32", "shared")
            tx = T.get_thread_binding()
            if tx < 48:
                for k in T.serial(n):
                    s[tx] = A[k, tx]
                    B[k, tx] = s[47 - tx]

    return main


def barrier_in_a_strided_guard(n=4):
    """A barrier in a loop that every fourth thread runs (2612)."""

    @T.prim_func
    def main(A: T.Tensor((n, 64), "float32"), Mask: T.Tensor((64,), "int32"), B: T.Tensor((n, 64), "float32")):
        with T.Kernel(1, threads=64) as _:
            s = T.alloc_shared((64,), "float32", "shared")
            tx = T.get_thread_binding()
            if tx % 4 == 0:
                for k in T.serial(n):
                    s[tx] = A[k, tx]
                    B[k, tx] = s[60 - tx]

    return main


def barrier_in_the_other_branch():
    """A barrier in an else branch, moved before the if (3042)."""

    @T.prim_func
    def main(B: T.Tensor((128,), "float32")):
        with T.Kernel(1, threads=128) as _:
            s = T.alloc_shared((128,), "float32", "shared")
            own = T.alloc_local((1,), "float32")
            tx = T.get_thread_binding()
            if tx == 0 or tx >= 33:
                own[0] = 0.0
            else:
                s[tx] = T.cast(tx, "float32")
                own[0] = s[33 - tx]
            B[tx] = own[0]

    return main


def nested_modulo():
    """`j % 7` where j is itself a remainder (2955)."""

    @T.prim_func
    def main(A: T.Tensor((16, 64), "float32"), B: T.Tensor((7,), "float32"), C: T.Tensor((16, 64), "float32")):
        with T.Kernel(1, threads=128) as _:
            for i, j in T.Parallel(16, 64):
                C[i, j] = A[i, j] + B[j % 7]

    return main


def cast_under_two_guards(n=128):
    """A narrowing store under two guards (2616)."""

    @T.prim_func
    def main(A: T.Tensor((n,), "float32"), P: T.Tensor((n,), "int32"), C: T.Tensor((n,), "float16")):
        with T.Kernel(1, threads=32) as _:
            for i in T.Parallel(n):
                if i < 100:
                    if i >= 3:
                        C[i] = T.cast(A[i], "float16")

    return main


def shifted_fragment(n=128):
    """A fragment written with an index that wraps around (2948)."""

    @T.prim_func
    def main(A: T.Tensor((n,), "float32"), B: T.Tensor((n,), "float32")):
        with T.Kernel(1, threads=128) as _:
            f = T.alloc_fragment((n,), "float32")
            for i in T.Parallel(n):
                f[(i + 1) % n] = A[i]
            T.copy(f, B)

    return main


def fragment_in_a_serial_loop():
    """A fragment stored by a serial loop (2396)."""

    @T.prim_func
    def main(A: T.Tensor((16, 16), "float32"), C: T.Tensor((16, 16), "float32")):
        with T.Kernel(1, threads=128) as _:
            f = T.alloc_fragment((16, 16), "float32")
            T.copy(A, f)
            for i in T.serial(16):
                for j in T.serial(16):
                    C[i, j] = f[i, j]

    return main
