"""A transpose through shared memory whose barrier has been switched off: threads read what others have not written."""

# ruff: noqa: ANN201, ANN202
import tilelang.language as T
import torch

SIZES = {"M": 256, "N": 256}
PASS_CONFIGS = {"tl.disable_thread_storage_sync": True}


def kernel(M, N):
    @T.prim_func
    def main(A: T.Tensor((M, N), "float32"), B: T.Tensor((N, M), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=256) as (bx, by):
            tile = T.alloc_shared((64, 64), "float32", scope="shared")
            T.copy(A[by * 64, bx * 64], tile)
            for i, j in T.Parallel(64, 64):
                if bx * 64 + i < N and by * 64 + j < M:
                    B[bx * 64 + i, by * 64 + j] = tile[j, i]

    return main


def inputs(rng, M, N):
    return {"A": torch.from_numpy(rng.standard_normal((M, N))).float()}


def reference(A):
    return {"B": A.double().T.contiguous()}
