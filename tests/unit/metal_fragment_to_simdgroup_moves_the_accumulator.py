"""MetalFragmentToSimdgroup alone: the fragment that a product accumulates into changes its scope."""

# ruff: noqa: ANN201
import tilelang.language as T

PASS = "MetalFragmentToSimdgroup"
TARGET = "metal"
PREREQUISITES = ["MaterializeKernelLaunch"]


@T.prim_func
def before(A: T.Tensor((16, 16), "float16"), C: T.Tensor((16, 16), "float32")):
    with T.Kernel(1, threads=32) as _:
        tile = T.alloc_shared((16, 16), "float16", scope="shared")
        product = T.alloc_fragment((16, 16), "float32")
        other = T.alloc_fragment((16, 16), "float32")
        T.clear(product)
        T.gemm(tile, tile, product)
        T.copy(product, C)
        T.clear(other)
