"""A vector of any length: how long it is, the kernel is told at its launch.

What to look at: InjectAssumes tells the prover that a length is not negative (up to 0.1.13: positive);
LegalizeSafeMemoryAccess guards the last block by it.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["InjectAssumes", "LegalizeSafeMemoryAccess"]
SIZES = {"tile": 512}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(tile):
    n = T.dynamic("n")

    @T.prim_func
    def main(A: T.Tensor((n,), "float32"), B: T.Tensor((n,), "float32")):
        with T.Kernel(T.ceildiv(n, tile), threads=128) as b:
            for i in T.Parallel(tile):
                B[b * tile + i] = A[b * tile + i] + 1.0

    return main


def inputs(rng, tile):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(2 * tile - 99)).float()}


def reference(A):
    return {"B": A + 1}


def claim_the_prover_knows_the_sign(trace):
    """One assumption for the one length that both buffers have."""
    text = trace.after("InjectAssumes")
    found = re.findall(r'T\.attr\((.*?), "tl\.assume"', text)
    assert found in (["0 <= n"], ["0 < n"]), f"assumptions: {found}"


def claim_the_store_is_guarded(trace):
    """The store stands under a comparison with n."""
    text = trace.after("LegalizeSafeMemoryAccess")
    assert re.search(r"\n( +)if .* < n:\n\1    B\[", text), "the store of B is not guarded"
