"""VectorizeLoop alone: a vectorised loop of four becomes one access of four, its constant a broadcast."""

# ruff: noqa: ANN201
from tvm.script import tirx as T

PASS = "VectorizeLoop"
TARGET = "cuda:sm_80"


@T.prim_func
def before(A: T.Buffer((128,), "float32"), B: T.Buffer((128,), "float32")):
    for i in range(32):
        for j in T.vectorized(4):
            B[i * 4 + j] = A[i * 4 + j] + T.float32(1)
