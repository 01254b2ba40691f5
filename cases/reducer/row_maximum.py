"""The maximum of each row with a reducer: its neutral element is minus infinity, not zero.

What to look at: ReducerPlanAndMaterialize starts a maximum from the least number; rows of negative values would come
out as zero otherwise. Each update becomes a `max`, and the reduction across the threads is one of maxima.
"""

import re

import tilelang.language as T

LANES = ["0.1.15"]
TARGETS = ["cuda:sm_80"]
WATCH = ["ReducerPlanAndMaterialize"]
SIZES = {"M": 64, "N": 256}
NOT_ON = {"metal": "no reducer is registered for Metal", "c": "LayoutInference finds no layout for `result`"}


def kernel(M, N):
    @T.prim_func
    def main(A: T.Tensor((M, N), "float32"), y: T.Tensor((M,), "float32")):
        with T.Kernel(T.ceildiv(M, 16), threads=128) as by:
            peak = T.alloc_reducer((16,), "float32", op="max")
            result = T.alloc_fragment((16,), "float32")
            T.reducer_init(peak)
            for k in T.serial(N // 64):
                for i, j in T.Parallel(16, 64):
                    T.reducer_update(peak[i], A[by * 16 + i, k * 64 + j])
            T.finalize_reducer(peak, result)
            T.copy(result, y[by * 16])

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {"A": tensor(-abs(rng.standard_normal((M, N)))).float()}


def reference(A):
    return {"y": A.max(1).values}


def claim_a_maximum_starts_from_the_least_number(trace):
    """Minus infinity, then `max` in the loop, then a reduction of maxima."""
    text = trace.after("ReducerPlanAndMaterialize")
    start = re.findall(r"T\.fill\(T\.region\(peak\[0\], 2, 16\), (.*)\)\n", text)
    updates = re.findall(r"peak\[.*\] = (T\.\w+)\(", text)
    assert (start, updates) == (['T.float32("-inf")'], ["T.max"]), f"starts from {start}, updates {updates}"
    if trace.target.startswith("cuda"):
        assert re.findall(r"AllReduce<tl::(\w+)", trace.source) == ["MaxOp"], "the reduction is not one of maxima"
