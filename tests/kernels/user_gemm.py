"""A pipelined GEMM in a user's own file: a `@tilelang.jit` factory, a plain function, and no case constants."""

# ruff: noqa: ANN201, ANN202
import tilelang
import tilelang.language as T


@tilelang.jit
def gemm(M=128, N=128, K=256, block=64, stages=2):
    return _gemm(M, N, K, block, stages)


def _gemm(M, N, K, block, stages):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, block), T.ceildiv(M, block), threads=128) as (bx, by):
            A_shared = T.alloc_shared((block, 32), "float16")
            B_shared = T.alloc_shared((32, block), "float16")
            C_local = T.alloc_fragment((block, block), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(T.ceildiv(K, 32), num_stages=stages):
                T.copy(A[by * block, ko * 32], A_shared)
                T.copy(B[ko * 32, bx * block], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * block, bx * block])

    return main
