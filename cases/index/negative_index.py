"""A tensor read from its end: index -1 is the last element, as in Python.

What to look at: LegalizeNegativeIndex adds the extent of the dimension where an index is negative for sure.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["LegalizeNegativeIndex"]
SIZES = {"N": 256}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=128):
            for i in T.Parallel(N):
                B[i] = A[-1 - i]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).float()}


def reference(A):
    return {"B": A.flip(0)}


def claim_the_last_element_comes_first(trace):
    """The extent is added once: 255 - i."""
    read = re.search(r"B\[i\] = A\[(.*)\]", trace.after("LegalizeNegativeIndex"))[1]
    assert read == "255 - i", f"reads A[{read}]"
