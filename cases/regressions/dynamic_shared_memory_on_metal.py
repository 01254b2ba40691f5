"""Metal: a transpose through shared memory of the default scope, `shared.dyn`.

What to look at: Metal has one kind of threadgroup memory. Up to 0.1.12 ThreadSync runs for `shared` alone there, and a
tile in `shared.dyn` gets no barrier between the threads that fill it and those that read it (mended in 0.1.13).
"""

import re

import tilelang.language as T

TARGETS = ["metal"]
WATCH = ["ThreadSync"]
SIZES = {"M": 64, "N": 64}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}
KNOWN_BROKEN = {"claim_a_barrier_between_writing_and_reading": {"0.1.11": "no barrier for shared.dyn on Metal"}}


def kernel(M, N):
    @T.prim_func
    def main(A: T.Tensor((M, N), "float32"), B: T.Tensor((N, M), "float32")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((M, N), "float32")
            T.copy(A, tile)
            for i, j in T.Parallel(N, M):
                B[i, j] = tile[j, i]

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, N))).float()}


def reference(A):
    return {"B": A.T.contiguous()}


def claim_a_barrier_between_writing_and_reading(trace):
    """The tile is filled, then a threadgroup barrier, then it is read."""
    if trace.target != "metal":
        return
    order = re.findall(r"tile \+|threadgroup_barrier|= tile\[", trace.source)
    assert order == ["tile +", "threadgroup_barrier", "= tile["], f"order of accesses and barriers: {order}"
