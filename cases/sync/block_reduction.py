"""A sum over the 128 threads of a block, written with TVM's own intrinsic: four warps meet in shared memory.

What to look at: LowerThreadAllreduce reduces within each warp by shuffles, stages the four results in shared memory,
lets the first four threads reduce those, and publishes the sum. Each handover through memory needs its barrier.
"""

import re

from cases.sync.warp_reduction import inputs, kernel, reference  # noqa: F401

TARGETS = ["cuda:sm_80"]
WATCH = ["LowerThreadAllreduce"]
SIZES = {"M": 8, "threads": 128}
NOT_ON = {"c": "no thread index there"}


def claim_a_barrier_at_each_handover(trace):
    """Stage per warp, barrier, reduce the stages, publish, barrier, read the result."""
    if trace.target != "cuda:sm_80":
        return
    text = trace.after("LowerThreadAllreduce")
    steps = re.findall(
        r"(red_buf_staging|red_result)\[[^]]*\] = |(tvm_storage_sync)\(|= (red_buf_staging|red_result)\[", text
    )
    found = [("write " + w if w else sync or "read " + r) for w, sync, r in steps]
    first = ["write red_buf_staging", "tvm_storage_sync", "read red_buf_staging"]
    assert found == [*first, "write red_result", "tvm_storage_sync", "read red_result"], f"steps: {found}"


def claim_every_warp_has_a_place_in_the_stage(trace):
    """Four places, written by lane 0 of each warp, read by four threads."""
    if trace.target != "cuda:sm_80":
        return
    text = trace.after("LowerThreadAllreduce")
    places = re.search(r"red_buf_staging = T\.alloc_buffer\(\((\d+),\)", text)[1]
    assert places == "4" and "if tx % 32 == 0:\n" in text and "if tx < 4:\n" in text, f"{places} places"
