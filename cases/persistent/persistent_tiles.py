"""Sixteen blocks share 64 tiles: T.Persistent gives each block every sixteenth, in groups of neighbours.

What to look at: the loop runs four waves and computes the tile from wave and block. No block waits for another, so
PersistThreadblock leaves the launch an ordinary one.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["PersistThreadblock"]
SIZES = {"tiles": 8, "blocks": 16}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(tiles, blocks):
    @T.prim_func
    def main(A: T.Tensor((tiles * 64, tiles * 64), "float32"), B: T.Tensor((tiles * 64, tiles * 64), "float32")):
        with T.Kernel(blocks, threads=128) as block:
            for bx, by in T.Persistent([tiles, tiles], blocks, block):
                for i, j in T.Parallel(64, 64):
                    B[bx * 64 + i, by * 64 + j] = A[bx * 64 + i, by * 64 + j] * 2.0

    return main


def inputs(rng, tiles, blocks):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((tiles * 64, tiles * 64))).float()}


def reference(A):
    return {"B": A * 2}


def claim_every_tile_is_visited_once(trace):
    """The waves times the blocks are the tiles, and the launch stays ordinary."""
    if trace.target != "cuda:sm_90a":
        return
    waves = re.findall(r"for \(int w = 0; w < (\d+);", trace.source)
    assert waves == ["4"], f"waves: {waves}"
    assert "use_cooperative_groups" not in trace.after("PersistThreadblock"), "a cooperative launch without need"
