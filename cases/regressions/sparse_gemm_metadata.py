"""2:4 sparse GEMM: the operands come by TMA, their metadata by ordinary stores of the producer (pull request 2002).

What to look at: E, too narrow for a TMA box, is copied by all 128 producer threads, which must meet before the one
thread arrives that says the version is full. Every operand of the sparse product, E too, is offset by its version.
"""

import re

import tilelang.language as T
from tilelang.layout import make_cutlass_metadata_layout

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized"]
SIZES = {"M": 128, "N": 128, "K": 256}
NOT_ON = {"metal": "no gemm_sp there", "hip": "no gemm_sp there", "c": "no gemm_sp there"}


def metadata(E):
    return make_cutlass_metadata_layout(E, mma_dtype="float16", arch="9.0", block_k=64)


def kernel(M, N, K):
    f16, f32, u8 = "float16", "float32", "uint8"

    @T.prim_func
    def main(
        A: T.Tensor((M, K // 2), f16), E: T.Tensor((M, K // 8), u8), B: T.Tensor((K, N), f16), C: T.Tensor((M, N), f32)
    ):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((64, 64), "float16")
            E_shared = T.alloc_shared((64, 8), "uint8")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.annotate_layout({E: metadata(E), E_shared: metadata(E_shared)})
            T.clear(C_local)
            for ko in T.Pipelined(T.ceildiv(K, 64), num_stages=2):
                T.copy(E[by * 64, ko * 8], E_shared)
                T.copy(A[by * 64, ko * 32], A_shared)
                T.copy(B[ko * 64, bx * 64], B_shared)
                T.gemm_sp(A_shared, E_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def claim_every_operand_is_of_the_version_in_turn(trace):
    """Copies and product index A, E and B by `ko % 2`; the metadata copy is the producer's."""
    branches = re.split(r"\n +if tx < 128:\n|\n +else:\n", trace.after("ProducerConsumerWarpSpecialized"))[1:]
    used = [re.findall(r"([AEB])_shared\w*\[(.*?), 0, 0\]", branch) for branch in branches]
    wanted = [[(name, "ko % 2") for name in names] for names in ("EAB", "AEB")]
    assert used == wanted, f"versions in producer and consumer: {used}"


def claim_the_metadata_is_complete_before_the_version_is_full(trace):
    """Store of E, a barrier of the 128 producer threads, then the copies and the one arrival."""
    producer = trace.source.partition(".wait(")[2].partition("} else {")[0]
    order = re.findall(r"(E)_shared\) \+|(__sync_thread_partial)\(3, 128|(tma_load)\(|(arrive)_and", producer)
    wanted = ["E", "__sync_thread_partial", "tma_load", "arrive", "tma_load"]
    assert ["".join(step) for step in order] == wanted, f"order: {order}"
