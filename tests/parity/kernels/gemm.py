"""A matrix product, right or with one seeded fault."""

# ruff: noqa: ANN201, ANN202
import gemm_play
import tilelang.language as T
import torch

SIZES = {"M": 100, "N": 72, "K": 88, "fault": ""}
FAULTS = gemm_play.FAULTS
play = gemm_play.play


def kernel(M, N, K, fault):
    accumulator = "float16" if fault == "float16 accumulation" else "float32"
    trips = T.ceildiv(K, 32)
    if fault in ("dropped K tail", "one shape only"):
        trips = int(K / 32) if fault == "dropped K tail" else 3
    shift = 1 if fault == "off by one" else 0
    rows = max(M - 8, 0) if fault == "unwritten tail" else M

    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_shared = T.alloc_shared((64, 64), "float32")
            C_local = T.alloc_fragment((64, 64), accumulator)
            if fault == "uninitialised accumulator":
                T.copy(C[by * 64, bx * 64], C_local)
            else:
                T.clear(C_local)
            for ko in T.Pipelined(trips, num_stages=2):
                T.copy(A[by * 64, ko * 32 + shift], A_shared)
                T.copy(B[ko * 32, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C_shared)
            for i, j in T.Parallel(64, 64):
                if by * 64 + i < rows and bx * 64 + j < N:
                    if fault == "zeros":
                        C[by * 64 + i, bx * 64 + j] = T.float32(0)
                    elif fault == "wrong scale":
                        C[by * 64 + i, bx * 64 + j] = C_shared[i, j] * T.float32(0.999)
                    elif fault == "swapped transpose":
                        C[by * 64 + i, bx * 64 + j] = C_shared[j, i]
                    elif fault == "returns its input":
                        C[by * 64 + i, bx * 64 + j] = T.cast(A[by * 64 + i, (bx * 64 + j) % K], "float32")
                    elif fault != "stale":
                        C[by * 64 + i, bx * 64 + j] = C_shared[i, j]

    return main


def parameters(M, N, K, fault):
    return {"A": ((M, K), "float16"), "B": ((K, N), "float16"), "C": ((M, N), "float32")}


def inputs(rng, M, N, K, fault):
    A, B = rng.standard_normal((M, K)), rng.standard_normal((K, N)) / K**0.5
    return {"A": torch.from_numpy(A).half(), "B": torch.from_numpy(B).half()}


def reference(A, B):
    return {"C": A.double() @ B.double()}
