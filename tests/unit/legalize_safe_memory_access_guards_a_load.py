"""LegalizeSafeMemoryAccess alone: a load that runs past both ends of A gets a guard, the store within B none."""

# ruff: noqa: ANN201
from tvm.script import tirx as T

PASS = "LegalizeSafeMemoryAccess"
TARGET = "cuda:sm_80"


@T.prim_func
def before(A: T.Buffer((32,), "float32"), B: T.Buffer((40,), "float32")):
    for i in range(40):
        B[i] = A[i - 4]
