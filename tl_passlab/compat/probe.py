"""The kernel whose lowering shows which passes a pipeline has: small, and it uses what makes upstream add passes."""

# mypy: ignore-errors
# The annotations of a kernel are TIR types, made by calls; no type checker can read them.
import tilelang.language as T

from tl_passlab.compat import era
from tl_passlab.model import Target


def probe_kernel(target: Target):
    """A pipelined GEMM (TMA, barriers, shared memory); an elementwise loop where GEMM does not lower."""
    if target.kind == "c" or (target.kind == "metal" and not era().METAL_GEMM):
        return _elementwise()
    return _gemm()


def _gemm():
    @T.prim_func
    def main(A: T.Tensor((64, 128), "float16"), B: T.Tensor((128, 64), "float16"), C: T.Tensor((64, 64), "float32")):
        with T.Kernel(1, 1, threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(4, num_stages=2):
                T.copy(A[by * 64, ko * 32], A_shared)
                T.copy(B[ko * 32, bx * 64], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def _elementwise():
    @T.prim_func
    def main(A: T.Tensor((128,), "float32"), B: T.Tensor((128,), "float32")):
        with T.Kernel(1, threads=1) as _:
            for i in T.serial(128):
                B[i] = A[i] + T.float32(1)

    return main
