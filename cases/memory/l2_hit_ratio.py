"""Half of A should stay in the L2 cache: a wish of the kernel that only the host can fulfil.

What to look at: LowerL2Persistent takes the annotation off the block and writes it onto the function, with the tensor's
size in bytes; MakePackedAPI calls the runtime before the launch and resets it afterwards. Device code does not change.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["LowerL2Persistent"]
SIZES = {"N": 1024}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32")):
        with T.Kernel(T.ceildiv(N, 512), threads=128) as bx:
            T.annotate_l2_hit_ratio({A: 0.5})
            for i in T.Parallel(512):
                B[bx * 512 + i] = A[bx * 512 + i]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).float()}


def reference(A):
    return {"B": A}


def claim_the_wish_moves_to_the_function(trace):
    """0.5 of the 4,096 bytes of A, on the function; nothing is left on the block."""
    if not trace.target.startswith("cuda"):
        return
    text = trace.after("LowerL2Persistent")
    wish = re.findall(r'"l2_persistent_map": \{(.*?\])\}', text)
    assert wish == ['"A": [T.float32(0.5), T.int64(4096)]'], f"wish: {wish}"
    assert "l2_hit_ratio_map" not in text, "the annotation is still on the block"
