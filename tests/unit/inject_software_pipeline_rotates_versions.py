"""InjectSoftwarePipeline alone: a planned loop of two stages becomes prologue, body and epilogue over two versions."""

# ruff: noqa: ANN201
import tilelang.language as T

PASS = "InjectSoftwarePipeline"
TARGET = "metal"


@T.prim_func
def before(A: T.Tensor((8, 32), "float32"), B: T.Tensor((8, 32), "float32")):
    with T.Kernel(1, threads=32) as _:
        row = T.alloc_shared((32,), "float32", scope="shared")
        for k in T.serial(8, annotations={"software_pipeline_stage": [0, 1], "software_pipeline_order": [0, 1]}):
            T.copy(A[k, 0], row)
            T.copy(row, B[k, 0])
