"""Histogram: threads meet in the same few counters, so every increment must be atomic, and none may be repeated.

What to look at: LowerTileOp turns T.atomic_add into one atomic intrinsic per element (`AtomicAdd` on CUDA and HIP,
`atomic_fetch_add_explicit` on Metal). The bin is data: the guard on it comes from LegalizeSafeMemoryAccess.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["LowerTileOp", "LegalizeSafeMemoryAccess", "LowerAccessPtr"]
SIZES = {"N": 1000, "bins": 16}
NOT_ON = {
    "metal": {"0.1.11": "this lane has no scalar atomic add on Metal"},
    "c": {"0.1.11": "this lane has no code generator for C"},
}


def kernel(N, bins):
    @T.prim_func
    def main(X: T.Tensor((N,), "int32"), counts: T.Tensor((bins,), "int32")):
        with T.Kernel(T.ceildiv(N, 256), threads=128) as bx:
            for i in T.Parallel(256):
                if bx * 256 + i < N:
                    T.atomic_add(counts[X[bx * 256 + i]], 1)

    return main


def inputs(rng, N, bins):
    from torch import from_numpy as tensor

    return {"X": tensor(rng.integers(0, bins, N)).int(), "counts": tensor(rng.integers(1, 9, bins)).int()}


def reference(X, counts):
    return {"counts": (counts + X.long().bincount(minlength=len(counts))).int()}


def claim_the_increment_is_atomic_and_guarded(trace):
    """One atomic per element, under a guard of the element's index and two of its bin; nothing else writes."""
    if trace.target == "c":
        return  # one thread: a plain increment
    pieces = re.split(r"AtomicAdd\(|atomic_fetch_add_explicit\(", trace.source)
    assert len(pieces) == 2, f"{len(pieces) - 1} atomics per element"
    guards = re.findall(r"if \(.* (<|<=) ", pieces[0][pieces[0].rindex("for (") :])
    assert guards == ["<", "<=", "<"], f"guards around the atomic: {guards}"
    assert not re.search(r"counts\[.*\] = ", trace.source), "a plain store to the counters"
