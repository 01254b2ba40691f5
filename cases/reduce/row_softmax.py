"""Row softmax: a maximum, an elementwise pass, a sum and another elementwise pass over one fragment.

What to look at: LayoutInference must find one layout of `x` that suits both reductions, so that nothing moves between
threads but the two row statistics. ThreadSync separates the uses of the two workspaces, which share their memory.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["LayoutInference", "LowerTileOp", "MergeSharedMemoryAllocations", "ThreadSync.2"]
SIZES = {"M": 64, "N": 256}
NOT_ON = {"metal": "T.reduce_max has no Metal implementation", "c": "T.reduce_max takes no fragments there"}


def kernel(M, N):
    @T.prim_func
    def main(X: T.Tensor((M, N), "float32"), Y: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(M, 16), threads=128) as bx:
            x = T.alloc_fragment((16, N), "float32")
            row_max = T.alloc_fragment((16,), "float32")
            row_sum = T.alloc_fragment((16,), "float32")
            T.copy(X[bx * 16, 0], x)
            T.reduce_max(x, row_max, dim=1)
            for i, j in T.Parallel(16, N):
                x[i, j] = T.exp(x[i, j] - row_max[i])
            T.reduce_sum(x, row_sum, dim=1)
            for i, j in T.Parallel(16, N):
                x[i, j] /= row_sum[i]
            T.copy(x, Y[bx * 16, 0])

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {"X": tensor(rng.standard_normal((M, N)) * 4).float()}


def reference(X):
    return {"Y": X.double().softmax(1)}


def claim_maximum_then_sum_over_the_same_threads(trace):
    """Both reductions span the same threads, maximum first, so `x` never changes its layout in between."""
    found = re.findall(r"tl::AllReduce<tl::(\w+), (\d+), 1", trace.source)
    width = "32" if trace.target == "cuda:sm_100a" else "64"  # one 32-byte load of the row each, or one of 16
    assert found == [("MaxOp", width), ("SumOp", width)], f"reductions: {found}"


def claim_a_barrier_before_each_use_of_the_workspace(trace):
    """The two workspaces share memory: a barrier stands between the loads and the maximum, and before the sum."""
    if trace.target == "cuda:sm_100a":
        return  # a row is held by one warp, which needs no workspace
    order = re.findall(r"tvm_storage_sync|AllReduce", trace.after("ThreadSync.2"))
    assert order == ["tvm_storage_sync", "AllReduce"] * 2, f"order of barriers and reductions: {order}"
