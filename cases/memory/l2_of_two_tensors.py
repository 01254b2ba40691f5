"""Two tensors of different types, each with its own share of the L2 cache.

What to look at: LowerL2Persistent counts bytes, not elements: 1,024 halves are 2,048 bytes, 256 floats are 1,024. The
tensor that no one annotated is not mentioned.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["LowerL2Persistent"]
SIZES = {"N": 1024}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float16"), scale: T.Tensor((N // 4,), "float32"), B: T.Tensor((N,), "float32")):
        with T.Kernel(T.ceildiv(N, 512), threads=128) as bx:
            T.annotate_l2_hit_ratio({A: 0.25, scale: 1.0})
            for i in T.Parallel(512):
                B[bx * 512 + i] = A[bx * 512 + i] * scale[(bx * 512 + i) // 4]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).half(), "scale": tensor(rng.standard_normal(N // 4)).float()}


def reference(A, scale):
    return {"B": A.float() * scale.repeat_interleave(4)}


def claim_shares_are_in_bytes(trace):
    """A quarter of 2,048 bytes, all of 1,024."""
    if not trace.target.startswith("cuda"):
        return
    wishes = re.search(r'"l2_persistent_map": \{(.*?\])\}', trace.after("LowerL2Persistent"))[1]
    found = {n: (r, b) for n, r, b in re.findall(r'"(\w+)": \[T\.float32\(([\d.]+)\), T\.int64\((\d+)\)\]', wishes)}
    assert found == {"A": ("0.25", "2048"), "scale": ("1.0", "1024")}, f"shares: {found}"
