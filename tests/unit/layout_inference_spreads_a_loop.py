"""LayoutInference alone: a parallel loop over a fragment is spread over 32 threads, four neighbours to each."""

# ruff: noqa: ANN201
import tilelang.language as T

PASS = "LayoutInference"
TARGET = "cuda:sm_80"
PREREQUISITES = ["MaterializeKernelLaunch"]


@T.prim_func
def before(A: T.Tensor((256,), "float32"), B: T.Tensor((256,), "float32")):
    with T.Kernel(1, threads=32) as _:
        local = T.alloc_fragment((256,), "float32")
        for i in T.Parallel(256):
            local[i] = A[i]
        for i in T.Parallel(256):
            B[i] = local[i] * 2.0
