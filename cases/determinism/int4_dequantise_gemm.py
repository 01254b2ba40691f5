"""GEMM with an int4 weight that is unpacked from one shared buffer into another inside the pipelined loop.

What to look at: on sm_90a of 0.1.11 ThreadSync puts the consumers' barrier before the unpacking now inside the K loop,
now in front of it, as the hash seed and the addresses of the process have it: two processes disagree about
synchronisation. `passlab trace int4_dequantise_gemm --target cuda:sm_90a --repeat 8` shows it; a golden would not hold.
"""

import tilelang.language as T

TARGETS = []
SIZES = {"M": 128, "N": 128, "K": 256}
NOT_ON = {
    "c": "a fill of a fragment is not supported there",
    "metal": "there is no Metal type for 16 bytes in one vector",
}


def kernel(M, N, K):
    @T.prim_func
    def main(
        A: T.Tensor((M, K), "float16"),
        B: T.Tensor((N, K // 2), "uint8"),
        Scale: T.Tensor((N,), "float16"),
        C: T.Tensor((M, N), "float16"),
    ):
        with T.Kernel(N // 64, M // 64, threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 64), "float16")
            packed = T.alloc_shared((64, 32), "uint8")
            B_shared = T.alloc_shared((64, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            C_shared = T.alloc_shared((64, 64), "float16")
            T.clear(C_local)
            for ko in T.Pipelined(K // 64, num_stages=2):
                T.copy(A[by * 64, ko * 64], A_shared)
                T.copy(B[bx * 64, ko * 32], packed)
                for i, j in T.Parallel(64, 64):
                    B_shared[i, j] = T.cast(
                        (packed[i, j // 2] >> T.cast(4 * (j % 2), "uint8")) & T.cast(15, "uint8"), "float16"
                    ) - T.float16(8)
                T.gemm(A_shared, B_shared, C_local, transpose_B=True)
            for i, j in T.Parallel(64, 64):
                C_local[i, j] = C_local[i, j] * Scale[bx * 64 + j]
            T.copy(C_local, C_shared)
            T.copy(C_shared, C[by * 64, bx * 64])

    return main


def inputs(rng, M, N, K):
    from torch import from_numpy as tensor

    A, Scale = tensor(rng.standard_normal((M, K)) / K**0.5).half(), tensor(rng.uniform(0.5, 2.0, N)).half()
    return {"A": A, "B": tensor(rng.integers(0, 256, (N, K // 2), dtype="uint8")), "Scale": Scale}


def reference(A, B, Scale):
    """The low half of a byte is the weight of the even k, the high half that of the odd one; both are offset by 8."""
    weight = B.unsqueeze(-1).bitwise_right_shift(B.new_tensor([0, 4])).bitwise_and(15).flatten(1).double() - 8
    return {"C": (A.double() @ weight.T) * Scale.double()}
