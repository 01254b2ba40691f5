"""GEMM of two float8_e4m3 operands: WGMMA takes them as they are, and accumulates in float32.

What to look at: LayoutInference finds rows of 64 bytes and a swizzle for them; LowerTileOp emits m64n64k32, twice as
deep as for float16. Both operands are K-major, the only way WGMMA reads eight-bit types.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["LayoutInference", "LowerTileOp"]
SIZES = {"M": 128, "N": 128, "K": 128}
NOT_ON = {"metal": "no eight-bit float there", "c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K):
    @T.prim_func
    def main(
        A: T.Tensor((M, K), "float8_e4m3fn"), B: T.Tensor((N, K), "float8_e4m3fn"), C: T.Tensor((M, N), "float32")
    ):
        with T.Kernel(N // 64, M // 64, threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 64), "float8_e4m3fn")
            B_shared = T.alloc_shared((64, 64), "float8_e4m3fn")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(K // 64, num_stages=2):
                T.copy(A[by * 64, ko * 64], A_shared)
                T.copy(B[bx * 64, ko * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local, transpose_B=True)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def inputs(rng, M, N, K):
    from torch import float8_e4m3fn
    from torch import from_numpy as tensor

    shapes = {"A": (M, K), "B": (N, K)}
    return {name: tensor(rng.standard_normal(shape)).float().to(float8_e4m3fn) for name, shape in shapes.items()}


def reference(A, B):
    return {"C": A.double() @ B.double().mT}


def claim_the_product_is_of_eight_bit_operands(trace):
    """Every WGMMA takes e4m3 twice, is 32 deep, and accumulates in float32."""
    found = set(re.findall(r"tl::wgmma_ss<(.*?)>\(", trace.source))
    shapes = {tuple(part.strip() for part in text.split(","))[:6] for text in found}
    wanted = ("tl::DataType::kFloat8_e4m3", "tl::DataType::kFloat8_e4m3", "tl::DataType::kFloat32", "64", "64", "32")
    assert shapes == {wanted}, f"instructions: {found}"
