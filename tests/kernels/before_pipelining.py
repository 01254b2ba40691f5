"""IR as PipelinePlanning leaves it, written by hand: a loop of a copy and a use, planned over two stages."""

# ruff: noqa: ANN201
import tilelang.language as T


@T.prim_func
def planned(A: T.Tensor((8, 32), "float32"), B: T.Tensor((8, 32), "float32")):
    with T.Kernel(1, threads=32) as _:
        A_shared = T.alloc_shared((32,), "float32")
        for ko in T.serial(8, annotations={"software_pipeline_stage": [0, 1], "software_pipeline_order": [0, 1]}):
            T.copy(A[ko, 0], A_shared)
            T.copy(A_shared, B[ko, 0])
