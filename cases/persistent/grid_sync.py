"""All blocks meet: the second half of the kernel reads what other blocks wrote in the first.

What to look at: a barrier of the grid works only if all blocks are resident at once. PersistThreadblock sees it and
marks the function for a cooperative launch.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["PersistThreadblock"]
SIZES = {"N": 1024}
NOT_ON = {"metal": "no barrier of the grid there", "c": "no barrier of the grid there"}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32"), C: T.Tensor((N,), "float32")):
        with T.Kernel(T.ceildiv(N, 512), threads=128) as bx:
            for i in T.Parallel(512):
                B[bx * 512 + i] = A[bx * 512 + i] * 2.0
            T.sync_grid()
            for i in T.Parallel(512):
                C[bx * 512 + i] = B[N - 1 - bx * 512 - i]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).float()}


def reference(A):
    return {"B": A * 2, "C": (A * 2).flip(0)}


def claim_the_launch_is_cooperative(trace):
    """The function with the barrier of the grid is marked, and the barrier stands between writing and reading B."""
    if trace.target != "cuda:sm_90a":
        return
    text = trace.after("PersistThreadblock")
    assert '"use_cooperative_groups": 1' in text, "an ordinary launch: blocks that are not resident never arrive"
    order = re.findall(r"(B)_1\[.*\] = |(sync_grid)\(|= (B)_1\[", text)
    assert ["".join(step) for step in order] == ["B", "sync_grid", "B"], f"order: {order}"
