"""A contiguous tile copied by TMA, awaited by all threads on a barrier that the kernel allocates itself.

What to look at: LowerSharedBarrier lets one thread initialise the barrier, fences, and makes everyone wait before the
first use. 128 threads arrive, one of them expects the bytes: FuseMBarrierArriveExpectTx must leave the two apart, and
InjectFenceProxy has nothing to do between a TMA load and reads.
"""

import re

import tilelang.language as T

from tl_passlab.query import after

TARGETS = ["cuda:sm_90a"]
WATCH = ["LowerSharedBarrier", "FuseMBarrierArriveExpectTx", "InjectFenceProxy"]
SIZES = {"blocks": 4}
NOT_ON = {"cuda:sm_80": "no TMA there", "metal": "no mbarrier there", "c": "no mbarrier there"}


def kernel(blocks):
    @T.prim_func
    def main(A: T.Tensor((blocks, 64, 64), "float16"), B: T.Tensor((blocks, 64, 64), "float16")):
        with T.Kernel(blocks, threads=128) as b:
            tile = T.alloc_shared((64, 64), "float16")
            full = T.alloc_barrier(128)
            T.tma_copy(A[b, 0, 0], tile, barrier=full)
            T.mbarrier_arrive(full)
            T.mbarrier_wait_parity(full, 0)
            for i, j in T.Parallel(64, 64):
                B[b, i, j] = tile[i, j]

    return main


def inputs(rng, blocks):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((blocks, 64, 64))).half()}


def reference(A):
    return {"B": A}


def claim_the_barrier_is_ready_before_its_first_use(trace):
    """Initialised for 128 arrivals by one thread, fenced, a barrier of the block, and only then expect and load."""
    region = after(trace, "LowerSharedBarrier")
    counts = [op.args[1] for op in region.ops("ptx_init_barrier_thread_count")]
    assert counts == ["128"], f"arrivals that complete the barrier: {counts}"
    steps = region.order("ptx_init_barrier_thread_count", "ptx_fence_barrier_init", "tvm_storage_sync", "mbarrier_*")
    wanted = ["ptx_init_barrier_thread_count", "ptx_fence_barrier_init", "tvm_storage_sync"]
    assert steps == [*wanted, "mbarrier_expect_tx", "mbarrier_wait_parity"], f"steps: {steps}"


def claim_expecting_is_not_arriving(trace):
    """One thread expects 8,192 bytes without arriving; every thread arrives by itself; no fence is needed."""
    found = re.findall(r"full\[0\]\.(\w+)\((\d*)\)|(fence_proxy)", trace.source)
    names = [name or fence for name, _, fence in found]
    assert names == ["init", "expect_transaction", "arrive", "wait"], f"steps: {found}"
