"""A pipelined loop that reads a tile and then overwrites it for the next iteration (upstream issue 2668).

What to look at: PipelinePlanning sees a copy into shared memory and moves it ahead of the read that it must follow. On
sm_80 the read no longer waits for a cp.async that was committed; on sm_90a the producer's first TMA copy overwrites the
tile before anyone has read it (every row wrong on an H200). Iteration 0 must read ones, iteration k what k - 1 copied.
"""

import re
from itertools import pairwise

import tilelang.language as T

TARGETS = ["cuda:sm_80", "cuda:sm_90a"]
WATCH = ["PipelinePlanning"]
SIZES = {"K": 8}
NOT_ON = {"c": "LayoutInference finds no layout for `row`"}
KNOWN_BROKEN = {
    "claim_a_read_sees_the_iteration_before": {
        "0.1.11": "the copy moves ahead of the read that it must follow (upstream issue 2668)",
        "0.1.15": "the copy moves ahead of the read that it must follow (upstream issue 2668)",
    }
}


def kernel(K):
    @T.prim_func
    def main(A: T.Tensor((K, 1024), "float16"), C: T.Tensor((K, 1024), "float16")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((1024,), "float16")
            row = T.alloc_fragment((1024,), "float16")
            T.fill(tile, 1.0)
            for ko in T.Pipelined(K, num_stages=2):
                T.copy(tile, row)
                T.copy(row, C[ko, 0])
                T.copy(A[ko, 0], tile)

    return main


def inputs(rng, K):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((K, 1024))).half()}


def reference(A):
    from torch import cat, ones_like

    return {"C": cat([ones_like(A[:1]), A[:-1]])}


def claim_a_read_sees_the_iteration_before(trace):
    """No read of the tile follows a commit without a wait between; no producer may copy before a first arrival."""
    events = re.findall(r"cp_async_(commit|wait)|= \*\(uint4\*\)\((tile) \+", trace.source)
    order = [event or "read" for event, _ in events]
    early = [step for step in pairwise(order) if step == ("commit", "read")]
    assert not early, f"{len(early)} reads of a copy in flight: {order}"
    free = re.findall(r"\.wait\(([^\n]*\^ 1\)+);(?:.*\n){1,4}? *tl::tma_load", trace.source)
    assert not free, f"the producer's first wait does not block: parity {free}"
