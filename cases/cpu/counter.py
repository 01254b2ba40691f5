"""A histogram on the CPU, where nobody else counts: an atomic addition is a plain one.

What to look at: LowerCPUAtomics replaces `atomic_add_elem_op` by a load, an addition and a store.
"""

import tilelang.language as T

TARGETS = ["c"]
WATCH = ["LowerCPUAtomics"]
SIZES = {"N": 256}
NOT_ON = {
    "c": {"0.1.11": "this lane has no code generator for C"},
    "metal": {"0.1.11": "atomic additions are not lowered there"},
}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "int32"), B: T.Tensor((16,), "int32")):
        with T.Kernel(1, threads=1):
            for i in T.serial(N):
                T.atomic_add(B[A[i] % 16], 1)

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.integers(0, 1000, N)).int(), "B": tensor(rng.integers(0, 5, 16)).int()}


def reference(A, B):
    return {"B": B + (A % 16).bincount(minlength=16).int()}


def claim_no_atomic_is_left(trace):
    """One plain increment of the counter."""
    text = trace.after("LowerCPUAtomics")
    assert "atomic" not in text and "B[A[i] % 16] = B[A[i] % 16] + 1" in text, "the counter is not incremented plainly"
