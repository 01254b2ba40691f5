"""An index computed in 64 bits, although 32 are enough for all that it can be.

What to look at: tirx.NarrowDataType proves the bound from the extents and takes the casts out.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["tirx.NarrowDataType"]
SIZES = {"length": 1024}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(length):
    @T.prim_func
    def main(A: T.Tensor((length,), "float32"), B: T.Tensor((length,), "float32")):
        with T.Kernel(length // 512, threads=128) as b:
            for i in T.Parallel(512):
                B[b * 512 + i] = A[T.cast(b, "int64") * T.int64(512) + T.cast(i, "int64")] * 2.0

    return main


def inputs(rng, length):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(length)).float()}


def reference(A):
    return {"B": A * 2}


def claim_both_accesses_have_one_index(trace):
    """A and B are accessed at the same place, with the same expression."""
    pairs = re.findall(r"B\w*\[(.*)\] = A\w*\[(.*)\] \* ", trace.after("tirx.NarrowDataType"))
    assert pairs and all(written == read for written, read in pairs), f"indices: {pairs}"
