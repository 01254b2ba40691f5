"""A sum over the 32 threads of one warp, written with TVM's own intrinsic.

What to look at: LowerThreadAllreduce needs no shared memory for it: five shuffles halve the distance from 16 to 1, and
a last one gives the result to everyone.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["LowerThreadAllreduce"]
SIZES = {"M": 8, "threads": 32}
NOT_ON = {"c": "no thread index there"}


def kernel(M, threads):
    @T.prim_func
    def main(A: T.Tensor((M, threads), "float32"), B: T.Tensor((M,), "float32")):
        with T.Kernel(M, threads=threads) as b:
            tx = T.get_thread_binding(0)
            total = T.alloc_local((1,), "float32")
            add = T.comm_reducer(lambda x, y: x + y, [T.float32(0)])
            with T.attr(add, "reduce_scope", T.reinterpret(T.uint64(0), dtype="handle")):
                T.evaluate(T.tvm_thread_allreduce(T.uint32(1), A[b, tx], True, total[0], tx, dtype="handle"))
            if tx == 0:
                B[b] = total[0]

    return main


def inputs(rng, M, threads):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, threads))).float()}


def reference(A):
    return {"B": A.double().sum(1)}


def claim_shuffles_halve_the_distance(trace):
    """16, 8, 4, 2, 1, each followed by an addition, then a broadcast from lane 0; no memory is shared."""
    if trace.target != "cuda:sm_80":
        return
    text = trace.after("LowerThreadAllreduce")
    distances = re.findall(
        r"tvm_warp_shuffle_down\(mask\[0\], red_buf0\[0\], (\d+), 32, 32\)\n.*red_buf0\[0\] \+", text
    )
    last = re.findall(r"tvm_warp_shuffle\(mask\[0\], red_buf0\[0\], (\d+), 32, 32\)", text)
    assert (distances, last) == (["16", "8", "4", "2", "1"], ["0"]), f"distances {distances}, broadcast {last}"
    assert 'scope="shared' not in text and "allreduce" not in text, "shared memory, or a reduction left as it was"
