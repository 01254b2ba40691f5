"""One product by two blocks of a cluster: each brings half of B, the first issues the instruction for both.

What to look at: LowerBlackwell2SM finds the product of two blocks and marks the kernel; tensor memory is then allocated
for a pair, and the arrival goes to the barriers of both.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_100a"]
WATCH = ["LowerBlackwell2SM"]
SIZES = {"K": 64}
NOT_ON = {"cuda:sm_80": "no tmem", "cuda:sm_90a": "no tmem", "metal": "no tmem", "hip": "no tmem", "c": "no tmem"}


def kernel(K):
    @T.prim_func
    def main(A: T.Tensor((256, K), "float16"), B: T.Tensor((K, 128), "float16"), C: T.Tensor((256, 128), "float32")):
        with T.Kernel(2, threads=128, cluster_dims=2) as bx:
            A_shared = T.alloc_shared((128, K), "float16")
            B_shared = T.alloc_shared((K, 64), "float16")
            C_tmem = T.alloc_tmem([128, 128], "float32")
            C_local = T.alloc_fragment((128, 128), "float32")
            loaded = T.alloc_cluster_barrier([2])
            done = T.alloc_cluster_barrier([1])
            tx, rank = T.get_thread_binding(), T.block_rank_in_cluster()
            T.assume(rank < 2)
            if tx < 32:
                T.tma_copy(A[bx * 128, 0], A_shared, barrier=loaded[0])
                T.tma_copy(B[0, rank * 64], B_shared, barrier=loaded[0])
                T.mbarrier_arrive(loaded[0], 0)
            elif rank == 0 and tx < 64:
                T.mbarrier_wait_parity(loaded[0], 0)
                T.tcgen05_gemm(A_shared, B_shared, C_tmem, mbar=done, clear_accum=True, use_2cta=True)
                T.tcgen05_mma_arrive(done, arrive_2cta=True)
            T.mbarrier_wait_parity(done, 0)
            T.copy(C_tmem, C_local)
            T.copy(C_local, C[bx * 128, 0])

    return main


def inputs(rng, K):
    from torch import from_numpy as tensor

    shapes = {"A": (256, K), "B": (K, 128)}
    return {name: tensor(rng.standard_normal(shape)).half() for name, shape in shapes.items()}


def reference(A, B):
    return {"C": A.double() @ B.double()}


def claim_the_kernel_is_marked_for_a_pair(trace):
    """The mark is on the block, and tensor memory is allocated and freed for two."""
    assert '"use_2cta": 1' in trace.after("LowerBlackwell2SM"), "no mark"
    calls = re.findall(r"tl::tmem_(allocate|deallocate)<(\w*)>", trace.source)
    assert calls == [("allocate", "true"), ("deallocate", "true")], f"tensor memory: {calls}"
