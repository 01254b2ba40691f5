"""GEMM whose M, N and K the tile divides none of: 100 x 72 x 88 with tiles of 64 x 64 x 32.

What to look at: TMA fills what lies outside with zeros by itself (sm_90a); elsewhere LegalizeSafeMemoryAccess and
LowerTileOp must predicate the loads (cp.async with a condition, sm_80), and every store of C needs a guard in both
dimensions. On Metal the loads are guarded, but `simdgroup_store` is not: it writes past the edge there.
"""

import re

from cases.pipeline.gemm_pipelined import inputs, kernel, reference  # noqa: F401

TARGETS = ["cuda:sm_90a"]  # on sm_80, 0.1.11 keeps or drops redundant guards at random
WATCH = ["LayoutInference", "LowerTileOp"]
SIZES = {"M": 100, "N": 72, "K": 88, "num_stages": 2}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_every_store_is_guarded_in_both_dimensions(trace):
    """The line before a store of C compares its row and its column with the shape."""
    if trace.target == "metal":
        return  # simdgroup_store is not guarded there; see above
    stores = re.findall(r"(.*)\n *\*\(float\d\*\)\(C \+", trace.source)
    assert stores and all(g.strip().startswith("if (") and g.count(" < ") == 2 for g in stores), f"guards: {stores}"


def claim_no_load_runs_past_the_edge(trace):
    """TMA knows the shape: 88 x 100 and 72 x 88. Without TMA every load is predicated."""
    if trace.target in ("cuda:sm_90a", "cuda:sm_100a"):
        shapes = re.findall(r"T\.create_tma_descriptor\(6, 2, ([AB])\.data, (\d+), (\d+)", trace.after("LowerTileOp"))
        assert shapes == [("A", "88", "100"), ("B", "72", "88")], f"bounds of the TMA descriptors: {shapes}"
    elif trace.target == "cuda:sm_80":
        loads = re.findall(r"tl::(cp_async_gs\w*)<", trace.source)
        assert set(loads) == {"cp_async_gs_conditional"}, f"copies into shared memory: {loads}"
