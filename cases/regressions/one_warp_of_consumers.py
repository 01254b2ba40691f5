"""A block of one warp with one stage: the roles are still split (upstream pull request 2002).

What to look at: 32 consumer threads get a producer of a whole warp group, 160 threads in all. The full barrier counts
the one thread that issues the TMA copy, the empty barrier the 32 consumers: a count of 128 would never complete.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized"]
SIZES = {"K": 32}
NOT_ON = {"c": "LayoutInference finds no layout for `row`"}


def kernel(K):
    @T.prim_func
    def main(A: T.Tensor((K, 1024), "float16"), C: T.Tensor((K, 1024), "float16")):
        with T.Kernel(1, threads=32) as _:
            tile = T.alloc_shared((1024,), "float16")
            row = T.alloc_fragment((1024,), "float16")
            for ko in T.Pipelined(K, num_stages=1):
                T.copy(A[ko, 0], tile)
                T.copy(tile, row)
                T.copy(row, C[ko, 0])

    return main


def inputs(rng, K):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((K, 1024))).half()}


def reference(A):
    return {"C": A}


def claim_barriers_count_one_producer_and_one_warp(trace):
    """160 threads; one arrival fills, 32 empty; a consumer's registers are indexed by its place in its own role."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # not warp-specialised
    launched = re.findall(r"__launch_bounds__\((\d+), 1\)", trace.source)
    arrivals = re.findall(r"mbarrier\[\d\]\.init\((\d+)\)", trace.source)
    assert (launched, arrivals) == (["160"], ["1", "32"]), f"threads {launched}, arrivals {arrivals}"


def claim_consumers_release_after_their_last_read(trace):
    """The consumer waits for the full barrier, reads the tile, and only then arrives at the empty one."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # not warp-specialised
    consumer = trace.after("ProducerConsumerWarpSpecialized").rpartition("else:")[2]
    steps = re.findall(r"T\.(mbarrier_wait_parity|copy|ptx_arrive_barrier)\(", consumer)
    assert steps == ["mbarrier_wait_parity", "copy", "ptx_arrive_barrier", "copy"], f"consumer steps: {steps}"
