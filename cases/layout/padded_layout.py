"""Padded rows, annotated by hand: bank conflicts avoided with space instead of a swizzle, at the price of TMA.

What to look at: a row of 32 halves takes the room of 40 (64 of 72 for B). TMA cannot write that pitch, so on sm_90a
ProducerConsumerWarpSpecialized declines, and the copies stay cp.async under InjectSoftwarePipeline. With 64 threads
there is no full warp group either, and the product is mma.sync instead of WGMMA. (On Metal the copies obey the
annotation and `simdgroup_load` does not: the kernel lowers, and its result is wrong.)
"""

import re

import tilelang.language as T
from tilelang.layout import Layout

from cases.pipeline.gemm_pipelined import inputs, reference  # noqa: F401

TARGETS = ["cuda:sm_90a"]
WATCH = ["InjectSoftwarePipeline", "LayoutInference", "LowerTileOp"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 2}
NOT_ON = {
    "hip": "MFMA wants its own swizzle: LayoutInference reports two different layouts",
    "c": "LayoutInference finds no layout for the accumulator fragment",
}


def kernel(M, N, K, num_stages):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=64) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.annotate_layout({A_shared: Layout((64, 32), lambda i, j: i * 40 + j)})
            T.annotate_layout({B_shared: Layout((32, 64), lambda i, j: i * 72 + j)})
            T.clear(C_local)
            for ko in T.Pipelined(T.ceildiv(K, 32), num_stages=num_stages):
                T.copy(A[by * 64, ko * 32], A_shared)
                T.copy(B[ko * 32, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def claim_writes_and_reads_use_the_padded_pitch(trace):
    """Every cp.async into a tile and every ldmatrix out of it steps from row to row by 40 (A) or 72 (B) halves."""
    if not trace.target.startswith("cuda"):
        return  # on Metal the loads ignore the pitch; see above
    assert "tma_load" not in trace.source and "mbarrier" not in trace.source, "TMA into padded rows"
    accesses = re.findall(r"(cp_async_gs|ldmatrix_x4).*?([AB])_shared\)\[(.*?)\]\)", trace.source)
    assert len(accesses) == 8, f"expected a copy and a load per operand, in the loop and outside: {len(accesses)}"
    for instruction, operand, index in accesses:
        pitch = {"A": "40", "B": "72"}[operand]
        assert f" * {pitch})" in index, f"{instruction} of {operand}_shared does not use pitch {pitch}: {index}"
