"""Four rows of A, chosen by an index tensor, gathered by one TMA instruction and scattered to four rows of B.

What to look at: LowerTileOp turns the two copies into `tma_load_gather4` and `tma_store_scatter4`, with the row indices
as arguments; LowerHopperIntrin builds a descriptor for each tensor on the host. Only nvcc for sm_100a takes the result.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_100a"]
WATCH = ["LowerTileOp", "LowerHopperIntrin"]
SIZES = {"M": 64, "K": 128}
NOT_ON = {"cuda:sm_80": "no TMA", "metal": "no TMA", "hip": "no TMA", "c": "no TMA"}


def kernel(M, K):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), rows: T.Tensor((8,), "int32"), B: T.Tensor((M, K), "float16")):
        with T.Kernel(K // 64, threads=128) as bx:
            tile = T.alloc_shared((4, 64), "float16")
            full = T.alloc_barrier(1)
            if T.shuffle_elect(0):
                T.mbarrier_expect_tx(full, T.tma_gather4_bytes(64, "float16"))
                T.tma_gather4(A, tile, bx * 64, [rows[0], rows[1], rows[2], rows[3]], barrier=full)
                T.mbarrier_arrive(full)
            T.mbarrier_wait_parity(full, 0)
            if T.shuffle_elect(0):
                T.tma_scatter4(tile, B, bx * 64, [rows[4], rows[5], rows[6], rows[7]])
                T.tma_store_arrive()
                T.tma_store_wait(0)

    return main


def inputs(rng, M, K):
    from torch import from_numpy as tensor

    A, B = (tensor(rng.standard_normal((M, K))).half() for _ in "AB")
    return {"A": A, "rows": tensor(rng.permutation(M)[:8]).int(), "B": B}


def reference(A, rows, B):
    return {"B": B.index_copy(0, rows[4:].long(), A[rows[:4].long()])}


def claim_the_rows_reach_the_instructions_in_order(trace):
    """The gather takes rows 0 to 3, the scatter rows 4 to 7, and the wait for the gather stands between them."""
    steps = re.findall(r"tl::tma_(load_gather4|store_scatter4)\((.*)\)|(full)\[0\]\.wait", trace.source)
    found = [(name or wait, re.findall(r"rows\[(\d)\]", arguments)) for name, arguments, wait in steps]
    wanted = [("load_gather4", list("0123")), ("full", []), ("store_scatter4", list("4567"))]
    assert found == wanted, f"gather, wait and scatter: {found}"


def claim_the_barrier_expects_what_the_gather_brings(trace):
    """Four rows of 64 halves are 512 bytes; a box in the descriptor is one row of 64."""
    text = trace.after("LowerTileOp")
    boxes = re.findall(r"create_tma_descriptor\(6, 2, ([AB])\.data, 128, 64, .*?, .*?, (\d+), (\d+),", text)
    assert "T.mbarrier_expect_tx(full_1[0], 512)" in text and boxes == [("A", "64", "1"), ("B", "64", "1")], boxes
