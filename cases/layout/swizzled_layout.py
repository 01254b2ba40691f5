"""A swizzled layout annotated by hand: the one LayoutInference would have chosen, so nothing is lost.

What to look at: LayoutInference keeps the annotation and ProducerConsumerWarpSpecialized still applies, because TMA
and WGMMA both know this swizzle. LowerTileOp must tell both of them the same one: 128 bytes, a row of 64 halves.
(On Metal the copies obey the annotation and `simdgroup_load` does not: the kernel lowers, and its result is wrong.)
"""

import tilelang.language as T
from tilelang.layout import make_swizzled_layout

from cases.pipeline.gemm_pipelined import inputs, reference  # noqa: F401
from tl_passlab.query import after

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized", "LayoutInference", "LowerTileOp"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 2}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K, num_stages):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 64), "float16")
            B_shared = T.alloc_shared((64, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.annotate_layout({A_shared: make_swizzled_layout(A_shared), B_shared: make_swizzled_layout(B_shared)})
            T.clear(C_local)
            for ko in T.Pipelined(T.ceildiv(K, 64), num_stages=num_stages):
                T.copy(A[by * 64, ko * 64], A_shared)
                T.copy(B[ko * 64, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def claim_tma_and_wgmma_agree_on_128_bytes(trace):
    """Both operands: swizzle 3 (128 bytes) in the TMA descriptor, layout type 1 (the same) in the WGMMA descriptor."""
    if trace.target != "cuda:sm_90a":
        return  # no WGMMA
    region = after(trace, "LowerTileOp")
    tma = [op.args[-3] for op in region.ops("create_tma_descriptor")]
    wgmma = [op.args[-3] for op in region.ops("initialize_wgmma_descriptor")]
    assert (tma, wgmma) == (["3", "3"], ["1", "1"]), f"swizzle of TMA {tma}, of WGMMA {wgmma}"
