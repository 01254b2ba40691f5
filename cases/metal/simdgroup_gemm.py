"""GEMM on Apple GPUs: four simdgroups hold the accumulator as 8x8 matrices, two versions of the operands are filled.

What to look at: MetalFragmentToSimdgroup moves C_local from `local.fragment` to `metal.simdgroup`; LowerTileOp turns
the product into simdgroup loads and multiply-accumulates, and the final copy into simdgroup stores; ThreadSync puts
the threadgroup barriers between the copies and the loads.
"""

import re

import tilelang.language as T

from cases.pipeline.gemm_pipelined import inputs, reference  # noqa: F401
from tl_passlab.query import after

TARGETS = ["metal"]
WATCH = ["InjectSoftwarePipeline", "MetalFragmentToSimdgroup", "LowerTileOp", "ThreadSync"]
SIZES = {"M": 64, "N": 64, "K": 64, "num_stages": 2}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K, num_stages):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 32), T.ceildiv(M, 32), threads=128) as (bx, by):
            A_shared = T.alloc_shared((32, 16), "float16", scope="shared")
            B_shared = T.alloc_shared((16, 32), "float16", scope="shared")
            C_local = T.alloc_fragment((32, 32), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(T.ceildiv(K, 16), num_stages=num_stages):
                T.copy(A[by * 32, ko * 16], A_shared)
                T.copy(B[ko * 16, bx * 32], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 32, bx * 32])

    return main


def claim_the_accumulator_lives_in_simdgroups(trace):
    """MetalFragmentToSimdgroup changes the scope of C_local, and nothing else on the way to the last pass does."""
    if trace.target != "metal":
        return
    scopes = [buffer.scope for buffer in after(trace, "MetalFragmentToSimdgroup").allocs(name="C_local")]
    assert scopes == ["metal.simdgroup"], f"scope of C_local: {scopes}"


def claim_barriers_separate_copies_and_loads(trace):
    """In the loop: barrier, fill the next version, barrier, load and multiply the current one."""
    if trace.target != "metal":
        return
    loop = trace.source.partition("int ko = 0")[2]
    order = re.findall(r"threadgroup_barrier|= [AB]\[|simdgroup_load", loop)[:6]
    wanted = ["threadgroup_barrier", "= A[", "= B[", "threadgroup_barrier", "simdgroup_load", "simdgroup_load"]
    assert order == wanted, f"order in the loop: {order}"
