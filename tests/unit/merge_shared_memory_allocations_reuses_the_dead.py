"""MergeSharedMemoryAllocations alone: `third` takes the place of `first`, which is dead; `second` keeps its own."""

# ruff: noqa: ANN201
from tvm.script import tirx as T

PASS = "MergeSharedMemoryAllocations"
TARGET = "cuda:sm_80"


@T.prim_func
def before(A: T.Buffer((128,), "float32"), B: T.Buffer((128,), "float32")):
    T.launch_thread("blockIdx.x", 1)
    first = T.alloc_buffer((128,), scope="shared.dyn")
    second = T.alloc_buffer((128,), scope="shared.dyn")
    third = T.alloc_buffer((128,), scope="shared.dyn")
    tx = T.launch_thread("threadIdx.x", 128)
    first[tx] = A[tx]
    T.evaluate(T.tvm_storage_sync("shared.dyn"))
    second[tx] = first[127 - tx]
    T.evaluate(T.tvm_storage_sync("shared.dyn"))
    third[tx] = second[127 - tx]
    T.evaluate(T.tvm_storage_sync("shared.dyn"))
    B[tx] = third[127 - tx]
