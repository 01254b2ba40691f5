"""A gathered tile in a swizzled layout: TMA swizzles while it writes, ordinary reads must swizzle the same way.

What to look at: the swizzle of a gather lives only in the arguments of `create_tma_descriptor`, on the host; the device
code of the gather itself does not show it. LowerTileOp must put the same layout there and into the reads of the tile.
"""

import re

import tilelang.language as T
from tilelang.layout import make_full_bank_swizzled_layout

TARGETS = ["cuda:sm_100a"]
WATCH = ["LowerTileOp"]
SIZES = {"M": 64}
NOT_ON = {"cuda:sm_80": "no TMA", "metal": "no TMA", "hip": "no TMA", "c": "no TMA"}


def kernel(M):
    @T.prim_func
    def main(A: T.Tensor((M, 64), "float16"), rows: T.Tensor((4,), "int32"), B: T.Tensor((4, 64), "float16")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((4, 64), "float16")
            full = T.alloc_barrier(1)
            T.annotate_layout({tile: make_full_bank_swizzled_layout(tile)})
            if T.shuffle_elect(0):
                T.mbarrier_expect_tx(full, T.tma_gather4_bytes(64, "float16"))
                T.tma_gather4(A, tile, 0, [rows[0], rows[1], rows[2], rows[3]], barrier=full)
                T.mbarrier_arrive(full)
            T.mbarrier_wait_parity(full, 0)
            for i, j in T.Parallel(4, 64):
                B[i, j] = tile[i, j]

    return main


def inputs(rng, M):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((M, 64))).half(), "rows": tensor(rng.permutation(M)[:4]).int()}


def reference(A, rows):
    return {"B": A[rows.long()]}


def claim_tma_and_reads_agree_on_the_swizzle(trace):
    """Swizzle 3 (128 bytes) in the descriptor; the column that a thread reads depends on its row."""
    text = trace.after("LowerTileOp")
    swizzles = re.findall(r"create_tma_descriptor\(.*?, (\d), \d, \d\)", text)
    read = re.search(r"= tile_1\[(.*)\]|= tile\[(.*)\]", text)
    assert swizzles == ["3"] and re.search(r"% 2\b.*\* 8|bitwise_xor", read[0]), f"swizzle {swizzles}, read {read[0]}"
