"""One product on Blackwell's tensor cores: the result is in tensor memory, and comes out through registers.

What to look at: LowerSharedTmem lets one warp allocate 128 columns of tensor memory and give them back at the end;
InjectTcgen05Fence orders the tensor core's own proxy against each barrier of the block.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_100a"]
WATCH = ["LowerTileOp", "LowerSharedTmem", "InjectTcgen05Fence"]
SIZES = {"K": 64}
NOT_ON = {"cuda:sm_80": "no tmem", "cuda:sm_90a": "no tmem", "metal": "no tmem", "hip": "no tmem", "c": "no tmem"}


def kernel(K):
    @T.prim_func
    def main(A: T.Tensor((128, K), "float16"), B: T.Tensor((128, K), "float16"), C: T.Tensor((128, 128), "float32")):
        with T.Kernel(1, threads=128):
            A_shared = T.alloc_shared((128, K), "float16")
            B_shared = T.alloc_shared((128, K), "float16")
            C_tmem = T.alloc_tmem([128, 128], "float32")
            C_local = T.alloc_fragment((128, 128), "float32")
            done = T.alloc_barrier(1)
            T.copy(A, A_shared)
            T.copy(B, B_shared)
            T.tcgen05_gemm(A_shared, B_shared, C_tmem, transpose_B=True, mbar=done, clear_accum=True)
            T.mbarrier_wait_parity(done, 0)
            T.copy(C_tmem, C_local)
            T.copy(C_local, C)

    return main


def inputs(rng, K):
    from torch import from_numpy as tensor

    return {name: tensor(rng.standard_normal((128, K))).half() for name in "AB"}


def reference(A, B):
    return {"C": A.double() @ B.double().mT}


def claim_tensor_memory_is_given_back(trace):
    """As many columns are freed as were allocated, by the same warp."""
    text = trace.after("LowerSharedTmem")
    steps = re.findall(r"if tx // 32 == (\d):\n +T\.ptx_(init|deallocate)_tensor_memory\(.*, (\d+)\)\n", text)
    assert steps == [("0", "init", "128"), ("0", "deallocate", "128")], f"tensor memory: {steps}"


def claim_every_barrier_of_the_block_is_fenced(trace):
    """Before and after each barrier stands a fence."""
    lines = [line.strip() for line in trace.after("InjectTcgen05Fence").splitlines()]
    syncs = [k for k, line in enumerate(lines) if line.startswith("T.tvm_storage_sync")]
    around = {(lines[k - 1], lines[k + 1]) for k in syncs}
    assert around == {("T.tcgen05_before_thread_sync()", "T.tcgen05_after_thread_sync()")}, f"around barriers: {around}"
