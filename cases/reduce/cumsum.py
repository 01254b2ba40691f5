"""Cumulative sum along the rows of a shared tile, in place.

What to look at: LowerTileOp turns T.cumsum into one `tl::CumSum2D` call whose threads read what other threads copied
in, so ThreadSync puts a barrier on either side. On Hopper the tile leaves by a bulk TMA store, issued by one thread
and preceded by a proxy fence.
"""

import tilelang.language as T

from tl_passlab.query import source

TARGETS = ["cuda:sm_80", "cuda:sm_90a"]
WATCH = ["LowerTileOp", "ThreadSync.2"]
SIZES = {"M": 64, "N": 256}
NOT_ON = {"metal": "T.cumsum has no Metal implementation", "c": "T.cumsum has no C implementation"}


def kernel(M, N):
    @T.prim_func
    def main(X: T.Tensor((M, N), "float32"), Y: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(M, 16), threads=128) as bx:
            tile = T.alloc_shared((16, N), "float32")
            T.copy(X[bx * 16, 0], tile)
            T.cumsum(tile, dim=1)
            T.copy(tile, Y[bx * 16, 0])

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {"X": tensor(rng.standard_normal((M, N))).float()}


def reference(X):
    return {"Y": X.double().cumsum(1)}


# Every thread's copy is in before the scan, and the scan is over before the tile leaves.
# CHECK-AFTER(ThreadSync.2): T.tvm_storage_sync(
# CHECK: CumSum2D
# CHECK-NOT: CumSum2D
# CHECK: T.tvm_storage_sync(


def claim_a_proxy_fence_precedes_the_bulk_store(trace):
    """TMA reads through another proxy than the scan wrote: fence, store, commit, wait."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # no TMA
    order = source(trace).order("fence_proxy_async", "tma_store*")
    assert order == ["fence_proxy_async", "tma_store", "tma_store_arrive", "tma_store_wait"], f"order: {order}"
