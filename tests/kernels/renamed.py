"""Pairs of kernels that differ in names alone, in a constant, or in one layout."""

# ruff: noqa: ANN201, ANN202
import tilelang.language as T
from tilelang.layout import Layout


def kernel(names, value=1):
    """The same computation under two sets of variable names; `value` is a constant in it."""
    return _first(value) if names == "first" else _second(value)


def _first(value):
    @T.prim_func
    def main(A: T.Tensor((32,), "float32")):
        for i in T.serial(32):
            A[i] = A[i] + T.float32(value)

    return main


def _second(value):
    @T.prim_func
    def main(Data: T.Tensor((32,), "float32")):
        for index in T.serial(32):
            Data[index] = Data[index] + T.float32(value)

    return main


def annotated(padding):
    """A kernel whose only variable part is the layout that the user gives a shared buffer."""

    @T.prim_func
    def main(A: T.Tensor((32, 32), "float32")):
        with T.Kernel(1, threads=32) as _:
            A_shared = T.alloc_shared((32, 32), "float32")
            T.annotate_layout({A_shared: Layout((32, 32), lambda i, j: i * (32 + padding) + j)})
            T.copy(A, A_shared)

    return main
