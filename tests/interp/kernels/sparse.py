"""2:4 sparse products: two values of every four (one of two, of 32 bits), and metadata that says which."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

import tilelang.language as T


def sparse_product(dtype="float16", meta="uint8", accum="float32", layout=None, registers=False, transposed_e=False):
    """A 128x64 product over 128 columns, in one block."""
    per = T.dtype(meta).bits * (2 if T.dtype(dtype).bits == 32 else 4) // 4
    e_shape = (128 // per, 128) if transposed_e else (128, 128 // per)

    @T.prim_func
    def main(
        A: T.Tensor((128, 64), dtype),
        E: T.Tensor(e_shape, meta),
        B: T.Tensor((64, 128), dtype),
        C: T.Tensor((128, 64), accum),
    ):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((128, 64), dtype)
            A_local = T.alloc_fragment((128, 64), dtype)
            E_shared = T.alloc_shared(e_shape, meta)
            B_shared = T.alloc_shared((64, 128), dtype)
            C_local = T.alloc_fragment((128, 64), accum)
            if layout is not None:
                T.annotate_layout({E: layout(E), E_shared: layout(E_shared)})
            T.clear(C_local)
            T.copy(A, A_shared)
            T.copy(E, E_shared)
            T.copy(B, B_shared)
            if registers:
                T.copy(A_shared, A_local)
                T.gemm_sp(A_local, E_shared, B_shared, C_local, transpose_B=True, transpose_E=transposed_e)
            else:
                T.gemm_sp(A_shared, E_shared, B_shared, C_local, transpose_B=True, transpose_E=transposed_e)
            T.copy(C_local, C)

    return main
