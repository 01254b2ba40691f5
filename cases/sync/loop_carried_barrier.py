"""A tile is rewritten in every iteration of a loop and read by other threads: two barriers per iteration.

What to look at: ThreadSync needs one barrier between write and read, and one between the read and the write of the
next iteration. That conflict crosses the loop's back edge: a fast thread would overwrite what a slow one still reads.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["ThreadSync.2"]
SIZES = {"K": 8}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(K):
    @T.prim_func
    def main(A: T.Tensor((K, 128), "float32"), B: T.Tensor((K, 128), "float32")):
        with T.Kernel(1, threads=128) as _:
            row = T.alloc_shared((128,), "float32")
            for k in T.serial(K):
                T.copy(A[k, 0], row)
                for i in T.Parallel(128):
                    B[k, i] = row[127 - i]

    return main


def inputs(rng, K):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((K, 128))).float()}


def reference(A):
    return {"B": A.flip(1)}


def claim_both_conflicts_have_their_barrier(trace):
    """In the loop: a barrier, the write, a barrier, the read."""
    if trace.target == "c":
        return  # one thread
    loop = trace.after("ThreadSync.2").partition("for k in")[2]
    order = re.findall(r"(tvm_storage_sync)|(row)\w*\[.*\] = |= (row)", loop)
    found = ["sync" if sync else "write" if write else "read" for sync, write, _ in order]
    assert found == ["sync", "write", "sync", "read"], f"order in the loop: {found}"
