"""A barrier of the kernel's own, in front of a loop that will be warp-specialised: more threads arrive than it counts.

What to look at: the barrier counts the 128 threads of the kernel. ProducerConsumerWarpSpecialized adds 128 more, leaves
the statements before the loop to all of them, and so 256 arrive. The barrier may complete before the copy is announced,
and completes twice: a slow thread then waits for a phase that is over.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized"]
SIZES = {"K": 8}
NOT_ON = {"cuda:sm_80": "no TMA there", "metal": "no mbarrier there", "c": "no mbarrier there"}
KNOWN_BROKEN = {
    "claim_as_many_arrive_as_are_counted": {
        "0.1.11": "all 256 threads arrive at a barrier of 128",
        "0.1.15": "all 256 threads arrive at a barrier of 128",
    }
}


def kernel(K):
    @T.prim_func
    def main(X: T.Tensor((1024,), "float32"), A: T.Tensor((K, 1024), "float32"), C: T.Tensor((K, 1024), "float32")):
        with T.Kernel(1, threads=128) as _:
            first = T.alloc_shared((1024,), "float32")
            row = T.alloc_shared((1024,), "float32")
            sums = T.alloc_fragment((1024,), "float32")
            ready = T.alloc_barrier(128)
            T.tma_copy(X, first, barrier=ready)
            T.mbarrier_arrive(ready)
            T.mbarrier_wait_parity(ready, 0)
            for ko in T.Pipelined(K, num_stages=2):
                T.copy(A[ko, 0], row)
                for i in T.Parallel(1024):
                    sums[i] = first[i] + row[i]
                T.copy(sums, C[ko, 0])

    return main


def inputs(rng, K):
    from torch import from_numpy as tensor

    return {"X": tensor(rng.standard_normal(1024)).float(), "A": tensor(rng.standard_normal((K, 1024))).float()}


def reference(X, A):
    return {"C": X + A}


def claim_as_many_arrive_as_are_counted(trace):
    """The arrivals in front of the roles come from as many threads as the barrier counts."""
    threads = re.search(r"__launch_bounds__\((\d+), 1\)", trace.source)[1]
    shared_part = trace.source.partition("if (((int)threadIdx.x) < 128)")[0]
    counts = re.findall(r"ready\[0\]\.init\((\d+)\)", shared_part)
    assert "ready[0].arrive();" not in shared_part or counts == [threads], f"{threads} threads arrive, {counts} counted"
