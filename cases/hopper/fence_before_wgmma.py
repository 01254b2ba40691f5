"""One operand of a product is computed by the threads, the other copied: WGMMA reads both through the async proxy.

What to look at: what ordinary stores wrote is visible to WGMMA only after a proxy fence. InjectFenceProxy puts one, by
every thread, after the stores and before the first WGMMA, outside the loop over its steps.
"""

import tilelang.language as T

from tl_passlab.query import after

TARGETS = ["cuda:sm_90a"]
WATCH = ["InjectFenceProxy"]
SIZES = {"N": 64}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((64, 64), "float16"), B: T.Tensor((64, N), "float16"), C: T.Tensor((64, N), "float32")):
        with T.Kernel(1, threads=128) as _:
            doubled = T.alloc_shared((64, 64), "float16")
            B_shared = T.alloc_shared((64, N), "float16")
            C_local = T.alloc_fragment((64, N), "float32")
            for i, j in T.Parallel(64, 64):
                doubled[i, j] = A[i, j] * T.float16(2.0)
            T.copy(B, B_shared)
            T.clear(C_local)
            T.gemm(doubled, B_shared, C_local)
            T.copy(C_local, C)

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((64, 64))).half(), "B": tensor(rng.standard_normal((64, N))).half()}


def reference(A, B):
    return {"C": 2 * A.double() @ B.double()}


def claim_a_fence_between_stores_and_wgmma(trace):
    """Stores to the tile, one fence, the steps of the product; nothing is stored after the fence."""
    if trace.target != "cuda:sm_90a":
        return  # no WGMMA
    region = after(trace, "InjectFenceProxy")
    steps = [(op.line, op.name) for op in region.ops("fence_proxy_async", "ptx_wgmma_ss")]
    found = [name for _, name in sorted([*steps, *((store.line, "doubled") for store in region.stores("doubled*"))])]
    assert found == ["doubled", "fence_proxy_async", "ptx_wgmma_ss"], f"order: {found}"
