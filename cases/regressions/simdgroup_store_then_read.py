"""Metal: an accumulator is stored to threadgroup memory and read back by other threads (upstream pull request 2970).

What to look at: ThreadSync takes the pointer of a `simdgroup_store` for an access of one element, finds no conflict
with the elements read next, and puts no barrier between. A simdgroup then reads what others may not have stored yet.
"""

import re

import tilelang.language as T

TARGETS = ["metal"]
WATCH = ["ThreadSync"]
SIZES = {"N": 32}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}
KNOWN_BROKEN = {
    "claim_a_barrier_between_store_and_read": {
        "0.1.11": "a simdgroup_store counts as a write of one element (upstream pull request 2970)",
        "0.1.15": "a simdgroup_store counts as a write of one element (upstream pull request 2970)",
    }
}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N, N), "float16"), B: T.Tensor((N, N), "float16"), C: T.Tensor((N, N), "float32")):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((N, N), "float16", scope="shared")
            B_shared = T.alloc_shared((N, N), "float16", scope="shared")
            C_shared = T.alloc_shared((N, N), "float32", scope="shared")
            C_local = T.alloc_fragment((N, N), "float32")
            T.clear(C_local)
            T.copy(A, A_shared)
            T.copy(B, B_shared)
            T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C_shared)
            for i, j in T.Parallel(N, N):
                C[i, j] = C_shared[i, j] * 2.0

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {name: tensor(rng.standard_normal((N, N))).half() for name in "AB"}


def reference(A, B):
    return {"C": A.double() @ B.double() * 2}


def claim_a_barrier_between_store_and_read(trace):
    """The last store to C_shared, a threadgroup barrier, the first read of it."""
    if trace.target != "metal":
        return
    order = re.findall(r"simdgroup_store|threadgroup_barrier|threadgroup float4\*\)\(C_shared", trace.source)
    steps = [step for i, step in enumerate(order) if i == 0 or order[i - 1] != step]
    wanted = ["threadgroup_barrier", "simdgroup_store", "threadgroup_barrier", "threadgroup float4*)(C_shared"]
    assert steps == wanted, f"order: {steps}"
