"""Block-sparse GEMM: a flag read from memory decides whether an iteration of the pipelined loop does anything.

What to look at: a barrier's phase cannot follow the loop counter. ProducerConsumerWarpSpecialized gives each role its
own, advanced only under the flag. On sm_80 the copies under the flag are no longer cp.async (upstream issue 2876).
"""

import tilelang.language as T

from cases.pipeline import gemm_pipelined as gemm
from tl_passlab.query import after

TARGETS = ["cuda:sm_80", "cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized", "InjectSoftwarePipeline"]
SIZES = {"M": 128, "N": 128, "K": 256}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K):
    flags = T.Tensor((M // 64, N // 64, K // 32), "int32")

    @T.prim_func
    def main(
        A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), keep: flags, C: T.Tensor((M, N), "float32")
    ):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(T.ceildiv(K, 32), num_stages=2):
                if keep[by, bx, ko] != 0:
                    T.copy(A[by * 64, ko * 32], A_shared)
                    T.copy(B[ko * 32, bx * 64], B_shared)
                    T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def inputs(rng, M, N, K):
    from torch import tensor

    return {**gemm.inputs(rng, M, N, K, 2), "keep": tensor(rng.integers(0, 2, (M // 64, N // 64, K // 32))).int()}


def reference(A, B, keep):
    mask = keep.repeat_interleave(64, 0).repeat_interleave(64, 1).repeat_interleave(32, 2)  # M, N, K
    return {"C": (A.double()[:, None] * mask * B.double().T).sum(-1)}


def claim_each_role_counts_its_own_phases(trace):
    """A role waits, acts and counts under the flag only, and by its own counter."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # no TMA
    guarded = after(trace, "ProducerConsumerWarpSpecialized").branches("keep[by, bx, ko] != 0")
    counted = [[store.text.partition("[")[0] for store in role.stores("*_phase_cnt")] for role in guarded]
    assert counted == [["producer_phase_cnt"], ["consumer_phase_cnt"]], f"counters that a role advances: {counted}"
    by_loop = [op.text for role in guarded for op in role.ops("mbarrier_wait_parity") if "ko" in op.text]
    assert not by_loop, f"waits by the loop's own variable: {by_loop}"
