"""A tile is copied in, then a few of its elements are overwritten (upstream issue 2698).

What to look at: the threads that fill elements 10 to 15 are not those that copied them. ThreadSync takes the fill's
index for the copy's and puts no barrier between the two writes: whichever warp is last wins (wrong in 300 of 300 runs
on an H200). With the fill at element 0 the barrier is there.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["ThreadSync.2"]
SIZES = {"N": 128}
NOT_ON = {"c": "T.fill takes no shared buffer there"}
KNOWN_BROKEN = {
    "claim_a_barrier_between_the_two_writes": {
        "0.1.11": "no barrier between writes of one element by two threads (upstream issue 2698)",
        "0.1.15": "no barrier between writes of one element by two threads (upstream issue 2698)",
    }
}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), C: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((N,), "float32")
            T.copy(A, tile)
            T.fill(tile[10:16], 0.0)
            T.copy(tile, C)

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).float()}


def reference(A):
    C = A.clone()
    C[10:16] = 0
    return {"C": C}


def claim_a_barrier_between_the_two_writes(trace):
    """Copy, barrier, fill, barrier, read."""
    if trace.target in ("cuda:sm_90a", "cuda:sm_100a", "c"):
        return  # the tile leaves by TMA; one thread
    order = re.findall(r"T\.(tvm_storage_sync)|tile\w*\[.*\] = (A|T\.float32)|= (tile)", trace.after("ThreadSync.2"))
    found = ["".join(step) for step in order]
    wanted = ["A", "tvm_storage_sync", "T.float32", "tvm_storage_sync", "tile"]
    assert found == wanted, f"order of accesses and barriers: {found}"
