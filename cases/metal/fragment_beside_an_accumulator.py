"""Two fragments, one of them the accumulator of a product: only that one may live in simdgroup matrices.

What to look at: MetalFragmentToSimdgroup moves C_local to `metal.simdgroup`, because T.gemm accumulates into it. `bias`
is read element by element, which a simdgroup matrix does not allow, and must stay `local.fragment`.
"""

import re

import tilelang.language as T

TARGETS = ["metal"]
WATCH = ["MetalFragmentToSimdgroup"]
SIZES = {"N": 32}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(N):
    f16, f32 = "float16", "float32"

    @T.prim_func
    def main(A: T.Tensor((N, N), f16), B: T.Tensor((N, N), f16), C: T.Tensor((N, N), f32), D: T.Tensor((N, N), f32)):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((N, N), "float16", scope="shared")
            B_shared = T.alloc_shared((N, N), "float16", scope="shared")
            C_local = T.alloc_fragment((N, N), "float32")
            bias = T.alloc_fragment((N, N), "float32")
            T.clear(C_local)
            T.copy(A, A_shared)
            T.copy(B, B_shared)
            T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C)
            T.copy(D, bias)
            for i, j in T.Parallel(N, N):
                bias[i, j] = bias[i, j] * 2.0
            T.copy(bias, D)

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    halves = {name: tensor(rng.standard_normal((N, N))).half() for name in "AB"}
    return {**halves, "D": tensor(rng.standard_normal((N, N))).float()}


def reference(A, B, D):
    return {"C": A.double() @ B.double(), "D": D * 2}


def claim_only_the_accumulator_moves(trace):
    """C_local changes its scope and `bias` does not, nor does anything else."""
    if trace.target != "metal":
        return
    scopes = dict(
        re.findall(r'(\w+) = T\.sblock_alloc_buffer\(.*scope="([\w.]+)"', trace.after("MetalFragmentToSimdgroup"))
    )
    wanted = {"A_shared": "shared", "B_shared": "shared", "C_local": "metal.simdgroup", "bias": "local.fragment"}
    assert scopes == wanted, f"scopes: {scopes}"
