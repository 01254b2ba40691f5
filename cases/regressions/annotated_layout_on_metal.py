"""Metal: a layout annotated for an operand of a product is obeyed by the copy and ignored by the loads.

What to look at: rows of 32 take the room of 40. LowerTileOp writes the copy with that pitch and moves the base of each
`simdgroup_load` accordingly, but tells the load a row stride of 32: it reads across rows, and the result is wrong.
"""

import re

import tilelang.language as T
from tilelang.layout import Layout

TARGETS = ["metal"]
WATCH = ["LowerTileOp"]
SIZES = {"pitch": 40}
NOT_ON = {
    "hip": "MFMA wants its own swizzle: LayoutInference reports two different layouts",
    "c": "LayoutInference finds no layout for the accumulator fragment",
}
KNOWN_BROKEN = {
    "claim_loads_step_by_the_pitch_of_the_copy": {
        "0.1.11": "simdgroup_load takes the row stride of the unannotated tile",
        "0.1.15": "simdgroup_load takes the row stride of the unannotated tile",
    }
}


def kernel(pitch):
    @T.prim_func
    def main(A: T.Tensor((32, 32), "float16"), B: T.Tensor((32, 32), "float16"), C: T.Tensor((32, 32), "float32")):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((32, 32), "float16", scope="shared")
            B_shared = T.alloc_shared((32, 32), "float16", scope="shared")
            C_local = T.alloc_fragment((32, 32), "float32")
            T.annotate_layout({A_shared: Layout((32, 32), lambda i, j: i * pitch + j)})
            T.clear(C_local)
            T.copy(A, A_shared)
            T.copy(B, B_shared)
            T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C)

    return main


def inputs(rng, pitch):
    from torch import from_numpy as tensor

    return {name: tensor(rng.standard_normal((32, 32))).half() for name in "AB"}


def reference(A, B):
    return {"C": A.double() @ B.double()}


def claim_loads_step_by_the_pitch_of_the_copy(trace):
    """A row of A_shared begins 40 elements after the one before, in the copy and in every load."""
    if trace.target != "metal":
        return
    copies = re.findall(r"\(A_shared \+ .*?>> 2\) \* (\d+)\)", trace.source)
    strides = re.findall(r"simdgroup_load\(A_local.*A_shared\[.*\]\)\), (\d+), 0", trace.source)
    assert copies == strides == ["40"], f"pitch of the copy {copies}, row stride of the load {strides}"
