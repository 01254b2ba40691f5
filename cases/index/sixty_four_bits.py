"""Indices of 64 bits, because the kernel's user asked for them.

What to look at: ConfigIndexBitwidth makes every index a 64-bit one, constants and thread indices included. Without the
option it widens only what may exceed 32 bits and is still 32 bits wide when it runs.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["ConfigIndexBitwidth"]
SIZES = {"length": 512}
PASS_CONFIGS = {"tl.config_index_bitwidth": 64}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(length):
    @T.prim_func
    def main(A: T.Tensor((length,), "float32"), B: T.Tensor((length,), "float32")):
        with T.Kernel(length // 256, threads=128) as b:
            for i in T.Parallel(256):
                B[b * 256 + i] = A[b * 256 + i] + 1.0

    return main


def inputs(rng, length):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(length)).float()}


def reference(A):
    return {"B": A + 1}


def claim_every_index_is_wide(trace):
    """Every constant of an index is an int64."""
    text = trace.after("ConfigIndexBitwidth")
    indices = re.findall(r"\b[AB]\w*\[([^\]]*bx[^\]]*)\]", text)
    narrow = [index for index in indices if re.search(r"(?<![\w(])\d+(?!\))", index)]
    assert indices and not narrow, f"indices: {indices}"
