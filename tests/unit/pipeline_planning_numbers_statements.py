"""PipelinePlanning alone: of a loop that asks for two stages, the copy is stage 0 and its use stage 1."""

# ruff: noqa: ANN201
import tilelang.language as T

PASS = "PipelinePlanning"
TARGET = "cuda:sm_80"


@T.prim_func
def before(A: T.Tensor((8, 32), "float32"), B: T.Tensor((8, 32), "float32")):
    with T.Kernel(1, threads=32) as _:
        row = T.alloc_shared((32,), "float32")
        for k in T.Pipelined(8, num_stages=2):
            T.copy(A[k, 0], row)
            T.copy(row, B[k, 0])
