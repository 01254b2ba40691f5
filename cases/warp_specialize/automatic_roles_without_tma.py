"""The role-based scheduler is asked for, but the target has no TMA: nothing changes.

What to look at: the pipeline of sm_80 has no AutoWarpSpecialization that could split roles; the loop is pipelined with
cp.async by all threads, as without the option.
"""

import re

from cases.pipeline.gemm_pipelined import inputs, kernel, reference  # noqa: F401

LANES = ["0.1.15"]
TARGETS = ["cuda:sm_80"]
WATCH = ["InjectSoftwarePipeline"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 2}
PASS_CONFIGS = {"tl.enable_auto_warp_specialization": "role_based"}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_all_threads_keep_copying_and_multiplying(trace):
    """128 threads, cp.async, no barrier, and no statement that carries a name for a schedule."""
    if trace.target != "cuda:sm_80":
        return
    assert "__launch_bounds__(128, 1)" in trace.source and "mbarrier" not in trace.source, "the roles were split"
    named = [b.name for b in trace.pipeline() if re.search(r"tl\.ws_op_id", trace.texts[b.after])]
    assert not named and "cp_async_gs" in trace.source, f"names left after {named}"
