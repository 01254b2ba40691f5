"""Metal: a tile of bfloat16 copied into threadgroup memory, eight elements at a time (upstream issue 2421).

What to look at: eight halves travel as one `uint4`. The code generator of 0.1.11 knows that for float16 only and prints
a vector of eight bfloat16 as a scalar pointer with the vector's index: one element of eight arrives. Mended by 2437.
"""

import re

import tilelang.language as T

TARGETS = ["metal"]
WATCH = ["VectorizeLoop"]
SIZES = {"N": 1024}
NOT_ON = {"c": "this code generator knows no bfloat16"}
KNOWN_BROKEN = {"claim_a_vector_is_as_wide_as_its_index_says": {"0.1.11": "upstream issue 2421"}}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "bfloat16"), B: T.Tensor((N,), "bfloat16")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((N,), "bfloat16", scope="shared")
            T.copy(A, tile)
            for i in T.Parallel(N):
                B[i] = tile[N - 1 - i]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).bfloat16()}


def reference(A):
    return {"B": A.flip(0)}


def claim_a_vector_is_as_wide_as_its_index_says(trace):
    """Where the index of A counts vectors of eight, its element and the tile's are sixteen bytes."""
    if trace.target != "metal":
        return
    assert "* 8) / 8)]" in trace.source, "the copy is not vectorised by eight"
    types = re.findall(r"device (\w+)\* (?:__restrict )?A |threadgroup (\w+)\*\)\(tile \+", trace.source)
    assert {"".join(pair) for pair in types} == {"uint4"}, f"element types of A and of the tile: {types}"
