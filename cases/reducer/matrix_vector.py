"""A matrix times a vector with a reducer: the compiler decides who keeps which partial sum.

What to look at: LayoutInference gives the reducer a layout of partial sums; ReducerPlanAndMaterialize turns it into a
fragment that starts from zero, turns each update into an addition, and finalises by one reduction across the threads.
"""

import re

import tilelang.language as T

LANES = ["0.1.15"]
TARGETS = ["cuda:sm_80"]
WATCH = ["ReducerPlanAndMaterialize"]
SIZES = {"M": 64, "N": 256}
NOT_ON = {"metal": "no reducer is registered for Metal", "c": "LayoutInference finds no layout for `total`"}


def kernel(M, N):
    @T.prim_func
    def main(A: T.Tensor((M, N), "float32"), x: T.Tensor((N,), "float32"), y: T.Tensor((M,), "float32")):
        with T.Kernel(T.ceildiv(M, 16), threads=128) as by:
            sums = T.alloc_reducer((16,), "float32", op="sum")
            total = T.alloc_fragment((16,), "float32")
            T.reducer_init(sums)
            for k in T.serial(N // 64):
                for i, j in T.Parallel(16, 64):
                    T.reducer_update(sums[i], A[by * 16 + i, k * 64 + j] * x[k * 64 + j])
            T.finalize_reducer(sums, total)
            T.copy(total, y[by * 16])

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, N))).float(), "x": tensor(rng.standard_normal(N)).float()}


def reference(A, x):
    return {"y": A.double() @ x.double()}


def claim_init_update_finalise_once_each(trace):
    """Zero, an addition in the loop, one reduction after it, then the copy out; no reducer operation is left."""
    text = trace.after("ReducerPlanAndMaterialize")
    steps = re.findall(r"T\.(fill|finalize_reducer|copy|reducer_\w+)\(|(sums\[.*\] = sums\[.*\] \+)", text)
    found = [name or "add" for name, _ in steps]
    assert found == ["fill", "add", "finalize_reducer", "copy", "copy"], f"steps: {found}"
    assert "T.fill(T.region(sums[0], 2, 16), T.float32(0.0))" in text, "a sum does not start from zero"
    assert "local.reducer" not in text, "a reducer is left"


def claim_every_partial_sum_is_reduced(trace):
    """All 16 sums, each over all 128 threads, and one thread stores."""
    if trace.target != "cuda:sm_80":
        return
    loops = re.findall(r" = 0; \w+ < (\d+);.*\n.*\n *sums\[\w+\] = tl::AllReduce<tl::SumOp, (\d+)", trace.source)
    assert loops == [("16", "128")], f"sums and threads: {loops}"
