"""Row sums with a reducer of the first design: every thread keeps a whole copy, summed up at the end.

What to look at: CanonicalizeLegacyReducer rewrites it into a reducer of the second design, with an initialisation,
updates, and a result of its own. Before 0.1.14 LayoutReducer gives it a replicated layout instead.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["LayoutReducer", "CanonicalizeLegacyReducer"]
SIZES = {"M": 128, "N": 128}
NOT_ON = {"c": "no layout for the fragment of the result", "metal": "no reducer is registered for Metal"}


def kernel(M, N):
    @T.prim_func
    def main(A: T.Tensor((M, N), "float32"), B: T.Tensor((M,), "float32")):
        with T.Kernel(M // 64, threads=128) as b:
            total = T.alloc_reducer((64,), "float32", op="sum", replication="all")
            T.clear(total)
            for i, j in T.Parallel(64, N):
                total[i] += A[b * 64 + i, j]
            T.finalize_reducer(total)
            T.copy(total, B[b * 64])

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, N))).float()}


def reference(A):
    return {"B": A.double().sum(1)}


def claim_every_copy_is_summed_up(trace):
    """All 128 threads take part in the final sum."""
    found = re.findall(r"AllReduce<tl::SumOp, (\d+)", trace.source)
    assert found and set(found) == {"128"}, f"threads in the sum: {found}"
