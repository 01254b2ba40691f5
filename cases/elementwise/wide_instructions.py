"""Loads and stores of 16 bytes as instructions of their own, at the user's wish.

What to look at: LowerLDGSTG turns vector accesses of global memory into `ldg128` and `stg128`. Without the option the
compiler of the device code is trusted to find them.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["LowerLDGSTG"]
SIZES = {"length": 1024}
PASS_CONFIGS = {"tl.enable_lower_ldgstg": True}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(length):
    @T.prim_func
    def main(A: T.Tensor((length,), "float32"), B: T.Tensor((length,), "float32")):
        with T.Kernel(length // 512, threads=128) as b:
            for i in T.Parallel(512):
                B[b * 512 + i] = A[b * 512 + i] + 1.0

    return main


def inputs(rng, length):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(length)).float()}


def reference(A):
    return {"B": A + 1}


def claim_one_wide_load_and_one_wide_store(trace):
    """Both are of 128 bits, and no other access of global memory is left."""
    text = trace.after("LowerLDGSTG")
    calls = sorted(re.findall(r"T\.(ldg|stg)(\d+)\(", text))
    assert calls == [("ldg", "128"), ("stg", "128")], f"instructions: {calls}"
