"""A pipelined loop of unknown length with two tiles that are awaited one after the other, as in causal attention.

What to look at: InjectSoftwarePipeline of 0.1.15 computes how many cp.async groups may stay in flight from the trip
count, and where that is not a constant the operand of `ptx_wait_group` is an expression. The code generator wants a
constant. 0.1.11 guards each wait instead and lowers this kernel.
"""

import tilelang.language as T

LANES = ["0.1.15"]
TARGETS = ["cuda:sm_80"]
WATCH = ["InjectSoftwarePipeline"]
SIZES = {"N": 16}
REJECTED = {
    "cuda:sm_80": "Downcast from tirx.Sub to ir.IntImm failed",
    "hip:gfx950": "Downcast from tirx.Sub to ir.IntImm failed",
}
NOT_ON = {"c": "T.clear takes no fragment there"}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N, 1024), "float32"), B: T.Tensor((N, 1024), "float32"), C: T.Tensor((N, 1024), "float32")):
        with T.Kernel(N, threads=128) as bx:
            a = T.alloc_shared((1024,), "float32")
            b = T.alloc_shared((1024,), "float32")
            total = T.alloc_fragment((1024,), "float32")
            T.clear(total)
            for ko in T.Pipelined(bx + 1, num_stages=2):
                T.copy(A[ko, 0], a)
                for i in T.Parallel(1024):
                    total[i] += a[i]
                T.copy(B[ko, 0], b)
                for i in T.Parallel(1024):
                    total[i] *= b[i]
            T.copy(total, C[bx, 0])

    return main
