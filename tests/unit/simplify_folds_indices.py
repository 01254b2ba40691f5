"""Simplify alone: index arithmetic that divides itself away, a product with one, a condition that always holds."""

# ruff: noqa: ANN201
from tvm.script import tirx as T

PASS = "Simplify"
TARGET = "c"


@T.prim_func
def before(A: T.Buffer((32,), "float32"), B: T.Buffer((32,), "float32")):
    for i in range(32):
        if i < 64:
            B[i * 4 // 4] = A[i + 0] * T.float32(1) + A[(i * 8 + 3) // 8]
