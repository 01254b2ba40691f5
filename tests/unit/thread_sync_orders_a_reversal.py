"""ThreadSync alone: thread t reads what thread 127 - t wrote, so a barrier must stand between."""

# ruff: noqa: ANN201
from tvm.script import tirx as T

PASS = "ThreadSync"
TARGET = "cuda:sm_80"


@T.prim_func
def before(A: T.Buffer((128,), "float32"), B: T.Buffer((128,), "float32")):
    T.launch_thread("blockIdx.x", 1)
    tile = T.alloc_buffer((128,), scope="shared")
    tx = T.launch_thread("threadIdx.x", 128)
    T.launch_thread("threadIdx.y", 1)
    T.launch_thread("threadIdx.z", 1)
    tile[tx] = A[tx]
    B[tx] = tile[127 - tx]
