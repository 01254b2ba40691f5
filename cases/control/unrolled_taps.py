"""A loop over three taps that asks to be written out.

What to look at: UnrollLoop replaces the loop by three statements with constants for its variable. Without
`explicit=True` the loop stays, and the compiler of the device code is asked to unroll it.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["UnrollLoop"]
SIZES = {"length": 1024}
NOT_ON = {"c": "no thread index there"}


def kernel(length):
    @T.prim_func
    def main(A: T.Tensor((length,), "float32"), W: T.Tensor((3,), "float32"), B: T.Tensor((length,), "float32")):
        with T.Kernel(length // 128, threads=128) as b:
            t = T.get_thread_binding()
            B[b * 128 + t] = 0.0
            for k in T.unroll(3, explicit=True):
                B[b * 128 + t] = B[b * 128 + t] + W[k] * A[(b * 128 + t + k) % length]

    return main


def inputs(rng, length):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(length)).float(), "W": tensor(rng.standard_normal(3)).float()}


def reference(A, W):
    return {"B": sum(W[k].double() * A.double().roll(-k) for k in range(3))}


def claim_no_loop_is_left(trace):
    """The source has no loop, and reads each of the three weights once."""
    taps = re.findall(r"W\[(\d)\]", trace.source)
    assert "for (" not in trace.source and taps == ["0", "1", "2"], f"weights: {taps}"
