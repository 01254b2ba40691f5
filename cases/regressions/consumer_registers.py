"""A warp-specialised loop that adds rows elementwise: the consumers must use the registers that they initialised.

What to look at: the consumers are threads 128 to 255. LowerTileOp of 0.1.11 takes that offset into the index of the
accumulator too: eight registers are cleared and stored, but 4 to 11 are added to, four of which do not exist. Mended
by 0.1.15.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["LayoutInference", "LowerTileOp"]
SIZES = {"K": 8}
NOT_ON = {"c": "T.clear takes no fragment there"}
KNOWN_BROKEN = {"claim_one_index_for_clear_add_and_store": {"0.1.11": "the thread offset is in the register index"}}


def kernel(K):
    @T.prim_func
    def main(A: T.Tensor((K, 1024), "float32"), C: T.Tensor((1024,), "float32")):
        with T.Kernel(1, threads=128) as _:
            row = T.alloc_shared((1024,), "float32")
            total = T.alloc_fragment((1024,), "float32")
            T.clear(total)
            for ko in T.Pipelined(K, num_stages=2):
                T.copy(A[ko, 0], row)
                for i in T.Parallel(1024):
                    total[i] += row[i]
            T.copy(total, C)

    return main


def inputs(rng, K):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((K, 1024))).float()}


def reference(A):
    return {"C": A.double().sum(0)}


def claim_one_index_for_clear_add_and_store(trace):
    """Eight registers, two vectors of four: every access is to vector i, counted from zero."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # not warp-specialised
    size = re.search(r"float total\[(\d+)\]", trace.source)[1]
    accesses = {re.sub(r"i_\d", "i", index) for index in re.findall(r"\(total \+ (.*?)\)(?: = |;)", trace.source)}
    assert (size, accesses) == ("8", {"(i * 4)"}), f"{size} registers, accesses {accesses}"
