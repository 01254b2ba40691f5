"""Each thread reads back only the elements of a shared tile that it wrote itself: no barrier is needed.

What to look at: ThreadSync compares the two accesses thread by thread and proves that they never meet. A barrier here
would be correct, and a loss.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["ThreadSync.2"]
SIZES = {"N": 512}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((N,), "float32")
            for i in T.Parallel(N):
                tile[i] = A[i] + 1.0
            for i in T.Parallel(N):
                B[i] = tile[i] * 2.0

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).float()}


def reference(A):
    return {"B": (A + 1) * 2}


def claim_no_barrier_where_no_thread_meets_another(trace):
    """Both loops give thread t the elements 4t to 4t + 3, and nothing synchronises them."""
    if trace.target != "cuda:sm_80":
        return
    text = trace.after("ThreadSync.2")
    write, read = re.findall(r"tile\w*\[(.*?)\] = ", text), re.findall(r"= tile\w*\[(.*?)\]", text)
    assert "storage_sync" not in text and write == read == ["tx * 4:tx * 4 + 4"], f"writes {write}, reads {read}"
