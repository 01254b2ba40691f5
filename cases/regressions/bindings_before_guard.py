"""A value is bound in the loop, and a condition on it guards the rest of the body (upstream pull request 2002).

What to look at: ProducerConsumerWarpSpecialized must peel the binding off the guard and give it to both roles. Bound in
one role only, the other would use an undefined value; taken for a part of the guard, the pipeline would not be found.
"""

import re

import tilelang.language as T

from cases.pipeline import gemm_pipelined as gemm

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized"]
SIZES = {"M": 128, "N": 128, "K": 256}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K):
    f16, f32, size = "float16", "float32", (M, N)

    @T.prim_func
    def main(
        A: T.Tensor((M, K), f16), B: T.Tensor((K, N), f16), order: T.Tensor((K // 32,), "int32"), C: T.Tensor(size, f32)
    ):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(K // 32, num_stages=2):
                k = order[ko]
                if k >= 0:
                    T.copy(A[by * 64, k * 32], A_shared)
                    T.copy(B[k * 32, bx * 64], B_shared)
                    T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def inputs(rng, M, N, K):
    from torch import from_numpy as tensor

    return {**gemm.inputs(rng, M, N, K, 2), "order": tensor(rng.permutation(K // 32) - 2).int()}


def reference(A, B, order):
    rows = [int(k) * 32 + i for k in order if k >= 0 for i in range(32)]
    return {"C": A.double()[:, rows] @ B.double()[rows]}


def claim_each_role_binds_then_guards_then_waits(trace):
    """Both roles load the index themselves, before the guard; waits are under it, so they count what was copied."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # not warp-specialised
    branches = re.split(r"\n +if tx < 128:\n|\n +else:\n", trace.after("ProducerConsumerWarpSpecialized"))[1:]
    steps = [re.findall(r"(k: T\.int32|if 0 <= k|mbarrier_wait_parity|_phase_cnt\[0\] \+ 1)", b) for b in branches]
    wanted = ["k: T.int32", "if 0 <= k", "mbarrier_wait_parity", "_phase_cnt[0] + 1"]
    assert steps == [wanted, wanted], f"producer and consumer: {steps}"
