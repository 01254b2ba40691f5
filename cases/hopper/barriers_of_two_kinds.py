"""Two barriers of one allocation that count different things: one thread's arrival, and everyone's.

What to look at: LowerSharedBarrier initialises each with its own count, 1 and 128, under one elected thread, and puts
one fence and one barrier of the block after both, before the first use of either.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["LowerSharedBarrier"]
SIZES = {"blocks": 4}
NOT_ON = {"cuda:sm_80": "no TMA", "metal": "no TMA", "hip": "no TMA", "c": "no TMA"}


def kernel(blocks):
    @T.prim_func
    def main(A: T.Tensor((blocks, 64, 64), "float16"), B: T.Tensor((blocks, 64, 64), "float16")):
        with T.Kernel(blocks, threads=128) as b:
            tile = T.alloc_shared((64, 64), "float16")
            copy = T.alloc_shared((64, 64), "float16")
            barriers = T.alloc_barrier([1, 128])
            T.tma_copy(A[b, 0, 0], tile, barrier=barriers[0])
            if T.shuffle_elect(128):
                T.mbarrier_arrive(barriers[0])
            T.mbarrier_wait_parity(barriers[0], 0)
            for i, j in T.Parallel(64, 64):
                copy[i, j] = tile[i, j]
            T.mbarrier_arrive(barriers[1])
            T.mbarrier_wait_parity(barriers[1], 0)
            for i, j in T.Parallel(64, 64):
                B[b, i, j] = copy[j, i]

    return main


def inputs(rng, blocks):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((blocks, 64, 64))).half()}


def reference(A):
    return {"B": A.mT.contiguous()}


def claim_each_barrier_counts_its_own_arrivals(trace):
    """Counts 1 and 128, one fence, one barrier of the block, and nothing used before."""
    before, fence, after = trace.after("LowerSharedBarrier").partition("T.ptx_fence_barrier_init()")
    counts = re.findall(r"T\.ptx_init_barrier_thread_count\(\w+\[(\d)\], (\d+)\)", before)
    assert counts == [("0", "1"), ("1", "128")], f"barrier and count: {counts}"
    assert fence and "mbarrier" not in before and "tma_load" not in before, "a barrier is used before it is ready"
    assert after.lstrip().startswith('T.tvm_storage_sync("shared")'), "nobody waits for the initialisation"
