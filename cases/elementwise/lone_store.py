"""A fragment of one element that every thread holds: written outside of any loop, read by all.

What to look at: AddWrapperForSingleBufStore puts the store into a parallel loop of one iteration, so that
LayoutInference has a loop to give a layout to: replicated over all threads.
"""

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["AddWrapperForSingleBufStore"]
SIZES = {"N": 256}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=128):
            factor = T.alloc_fragment((1,), "float32")
            factor[0] = A[0]
            for i in T.Parallel(N):
                B[i] = A[i] * factor[0]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).float()}


def reference(A):
    return {"B": A * A[0]}


def claim_the_store_is_in_a_loop_of_one(trace):
    """The loop is parallel, and has one iteration."""
    lines = [line.strip() for line in trace.after("AddWrapperForSingleBufStore").splitlines()]
    loop = lines[lines.index("factor[0] = A[0]") - 1]
    assert loop == "for _ in T.parallel(1):", f"above the store: {loop}"


def claim_every_thread_holds_the_element(trace):
    """The fragment has as many copies as there are threads."""
    layout = trace.after("LayoutInference").partition("factor: Fragment((1,)")[2].partition(")}")[0]
    assert "replicate = 128" in layout, f"layout: {layout}"
