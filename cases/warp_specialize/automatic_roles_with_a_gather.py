"""Roles found by the role-based scheduler, where only one of the two operands can come by TMA.

What to look at: AutoWarpSpecialization gives the TMA copy to a warp of its own and leaves the gather to the workers, so
that only A is pipelined; ProducerConsumerWarpSpecialized (`pipeline/mixed_tma_cp_async`) lets its producers do both.
"""

import re

from cases.pipeline.mixed_tma_cp_async import inputs, kernel, reference  # noqa: F401

LANES = ["0.1.15"]
TARGETS = ["cuda:sm_90a"]
WATCH = ["AutoWarpSpecialization"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_rows": 200}
PASS_CONFIGS = {"tl.enable_auto_warp_specialization": "role_based"}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_the_workers_gather(trace):
    """One pipeline, for A; the workers' part of the loop has the gather and the product, the loader's the copy."""
    if trace.target != "cuda:sm_90a":
        return
    schedule = trace.after("AutoWarpSpecialization").partition("tl.WSSchedule(")[2].partition("\n")[0]
    pipelines = re.findall(r'tl\.WSPipeline\(name="(\w+)"', schedule)
    work, _, load = schedule.partition("bodies=")[2].partition('"Load": ')
    operations = [re.findall(r'WSOpRef\(id="(\w+)"', part.partition("}")[0]) for part in (work, load)]
    assert pipelines == ["A_shared"], f"pipelines: {pipelines}"
    assert operations == [["parallel_0", "tl_tileop_gemm_0"], ["tl_tileop_copy_0"]], f"operations: {operations}"
