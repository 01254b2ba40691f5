"""GEMM with M known only at launch: one kernel for any number of rows.

What to look at: `m` becomes a kernel parameter, the grid is ceildiv(m, 64) blocks high, and what a fixed M would prove
away must be checked: stores of C are guarded by `m`, in M only. On sm_90a the TMA descriptor carries the bound.
"""

import re

import tilelang.language as T

from cases.pipeline import gemm_pipelined
from cases.pipeline.gemm_pipelined import reference  # noqa: F401

# Up to 0.1.13 LegalizeSafeMemoryAccess keeps or drops a redundant bound check here from run to run: no golden can hold.
LANES = ["0.1.15"]
TARGETS = ["cuda:sm_90a"]
WATCH = ["LayoutInference", "LowerTileOp", "MakePackedAPI"]
SIZES = {"M": 100, "N": 128, "K": 256}  # M is what the inputs have; the kernel does not know it
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def kernel(M, N, K):
    return gemm_pipelined.kernel(T.dynamic("m"), N, K, num_stages=2)


def inputs(rng, M, N, K):
    return gemm_pipelined.inputs(rng, M, N, K, num_stages=2)


def claim_stores_are_guarded_by_m_alone(trace):
    """The line before a store of C compares its row with `m`; N is divisible and needs no test."""
    if trace.target == "metal":
        return  # simdgroup_store is not guarded there: it writes past the last row
    stores = re.findall(r"(.*)\n *\*\(float\d\*\)\(C \+", trace.source)
    assert stores and all(re.search(r"if \(.* < \(?m\b", g) and g.count(" < ") == 1 for g in stores), (
        f"guards: {stores}"
    )


def claim_the_grid_covers_m(trace):
    """ceildiv(m, 64) rows of blocks, computed on the host at launch."""
    rows = re.findall(r'T\.launch_thread\((?:"blockIdx\.y"|by), (.*)\)', trace.before("LayoutInference"))
    assert rows == ["(m + 63) // 64"], f"rows of blocks: {rows}"
