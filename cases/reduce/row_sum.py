"""Row sums: each row is spread over 64 threads, which reduce what they hold and then meet in shared memory.

What to look at: LayoutInference gives each thread of a row four neighbouring values of `x`, and all of them a copy of
`total`; LowerTileOp turns T.reduce_sum into a serial part and `tl::AllReduce`; only one thread per row stores.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a", "hip:gfx942"]
WATCH = ["LayoutInference", "LowerTileOp"]
SIZES = {"M": 64, "N": 256}
NOT_ON = {"metal": "T.reduce_sum has no Metal implementation", "c": "LayoutInference finds no layout for `total`"}


def kernel(M, N):
    @T.prim_func
    def main(X: T.Tensor((M, N), "float32"), Y: T.Tensor((M,), "float32")):
        with T.Kernel(T.ceildiv(M, 16), threads=128) as bx:
            x = T.alloc_fragment((16, N), "float32")
            total = T.alloc_fragment((16,), "float32")
            T.copy(X[bx * 16, 0], x)
            T.reduce_sum(x, total, dim=1)
            T.copy(total, Y[bx * 16])

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {"X": tensor(rng.standard_normal((M, N))).float()}


def reference(X):
    return {"Y": X.double().sum(1)}


def claim_the_threads_of_a_row_reduce_and_one_stores(trace):
    """The all-reduce spans the threads that hold a row, and the store is left to the first of them."""
    widths = re.findall(r"tl::AllReduce<tl::SumOp, (\d+), 1", trace.source)
    stores = re.findall(r"if \(+int\)threadIdx\.x\) % (\d+)\) == 0\) \{\n(?:.*\n){,3}? +Y\[", trace.source)
    threads = ["32"] if trace.target == "cuda:sm_100a" else ["64"]  # one 32-byte load of the row each, or one of 16
    assert widths == stores == threads, f"threads per reduction {widths}, per store {stores}"
