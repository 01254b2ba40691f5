"""Metal: the last block of a ragged product writes past the end of C.

What to look at: C has 24 rows, the tile 32. LowerTileOp guards the loads, but a `simdgroup_store` of eight rows at a
time has no guard: the store of rows 24 to 31 lands behind the tensor. Four of them should be guarded by the row.
"""

import re

import tilelang.language as T

TARGETS = ["metal"]
WATCH = ["LowerTileOp"]
SIZES = {"M": 24}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}
KNOWN_BROKEN = {
    "claim_every_store_is_guarded": {
        "0.1.11": "simdgroup_store has no bounds check",
        "0.1.15": "simdgroup_store has no bounds check",
    }
}


def kernel(M):
    @T.prim_func
    def main(A: T.Tensor((M, 32), "float16"), B: T.Tensor((32, 32), "float16"), C: T.Tensor((M, 32), "float32")):
        with T.Kernel(T.ceildiv(M, 32), threads=128) as by:
            A_shared = T.alloc_shared((32, 32), "float16", scope="shared")
            B_shared = T.alloc_shared((32, 32), "float16", scope="shared")
            C_local = T.alloc_fragment((32, 32), "float32")
            T.clear(C_local)
            T.copy(A[by * 32, 0], A_shared)
            T.copy(B, B_shared)
            T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 32, 0])

    return main


def inputs(rng, M):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, 32))).half(), "B": tensor(rng.standard_normal((32, 32))).half()}


def reference(A, B):
    return {"C": A.double() @ B.double()}


def claim_every_store_is_guarded(trace):
    """The line before a store of C compares something with a bound."""
    if trace.target != "metal":
        return
    stores = re.findall(r"(.*)\n *simdgroup_store\(.*C\[", trace.source)
    unguarded = [line for line in stores if not re.search(r"if \(.*<", line)]
    assert stores and not unguarded, f"{len(unguarded)} of {len(stores)} stores have no guard"
