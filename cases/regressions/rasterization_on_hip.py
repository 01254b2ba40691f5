"""HIP: blocks in panels of ten columns, `T.use_swizzle(10)` (upstream pull request 2002).

What to look at: the panel width is a template parameter of `tl::rasterization2DRow`. Printed as an argument, as it was
once, the source does not compile.
"""

import re

import tilelang.language as T

TARGETS = ["hip:gfx942", "hip:gfx950"]
WATCH = ["LowerTileOp"]
SIZES = {"M": 1024, "N": 1024}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(M, N):
    @T.prim_func
    def main(A: T.Tensor((M, N), "float32"), B: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            T.use_swizzle(10)
            for i, j in T.Parallel(64, 64):
                B[by * 64 + i, bx * 64 + j] = A[by * 64 + i, bx * 64 + j] * 2.0

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, N))).float()}


def reference(A):
    return {"B": A * 2}


def claim_the_panel_width_is_a_template_argument(trace):
    """One call, without arguments, before anything reads the block's place in the grid."""
    if not trace.target.startswith("hip"):
        return
    body = trace.source.partition("{")[2]
    first = re.search(r"blockIdx\b.*", body)[0]
    assert first == "blockIdx = tl::rasterization2DRow<10>();", f"the first use of blockIdx: {first}"
