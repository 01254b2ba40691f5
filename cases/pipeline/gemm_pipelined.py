"""Pipelined GEMM: the K loop is overlapped over three shared-memory versions.

What to look at: on sm_80 and Metal, InjectSoftwarePipeline gives A_shared and B_shared a leading dimension of 3 and
peels a prologue that fills two of them. On sm_90a ProducerConsumerWarpSpecialized does that job earlier: a producer
warp group issues TMA copies, and each version has a full and an empty barrier. LowerTileOp picks the instructions.
"""

import tilelang.language as T

from tl_passlab.query import before, source

TARGETS = ["cuda:sm_80", "cuda:sm_90a", "metal"]
WATCH = [
    "ProducerConsumerWarpSpecialized",
    "PipelinePlanning",
    "InjectSoftwarePipeline",
    "LayoutInference",
    "LowerTileOp",
]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 3}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K, num_stages):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(T.ceildiv(K, 32), num_stages=num_stages):
                T.copy(A[by * 64, ko * 32], A_shared)
                T.copy(B[ko * 32, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def inputs(rng, M, N, K, num_stages):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, K))).half(), "B": tensor(rng.standard_normal((K, N)) / K**0.5).half()}


def reference(A, B):
    return {"C": A.double() @ B.double()}


def claim_three_versions_with_a_full_and_an_empty_barrier_each(trace):
    """Both operands have three versions; a warp-specialised pipeline has one full and one empty barrier for each."""
    operands = before(trace, "LayoutInference").allocs(name="[AB]_shared")
    versions = {operand.name: operand.shape[0] for operand in operands}
    assert set(versions.values()) == {"3"} or trace.target == "hip:gfx942", f"versions of the operands: {versions}"
    barriers = [op.args[0] for op in source(trace).ops("init")]
    tma = trace.target in ("cuda:sm_90a", "cuda:sm_100a")
    assert barriers == (["1"] * 3 + ["128"] * 3 if tma else []), f"arrivals that complete each barrier: {barriers}"
