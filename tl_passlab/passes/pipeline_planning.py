"""PipelinePlanning: decides in which stage and order each statement of a pipelined loop runs.

What it does: classifies the statements of a `T.Pipelined` loop into copies and computation from their read and write
regions and annotates the loop with stage and order; InjectSoftwarePipeline acts on it.

Example input:
    for ko in T.serial(8, annotations={"num_stages": 3}):
Example output:
    for ko in T.serial(8, annotations={"software_pipeline_order": [0, 1, 2], "software_pipeline_stage": [0, 0, 2],
                                       "software_pipeline_async_stages": [0], ...}):

Invariants after: stage and order have one entry per statement; order is a permutation; a reader's stage is not before
its writer's; a plan has at most num_stages stages; what the user planned by hand is kept.
"""

from __future__ import annotations

import re

from tl_passlab.passes import pipeline_plan
from tl_passlab.passes.spec import PassSpec

CHECKS = {
    "stage and order have one entry per statement of the loop": pipeline_plan.one_entry_each,
    "the order is a permutation": pipeline_plan.order_is_a_permutation,
    "a reader runs in no earlier stage than its writer": pipeline_plan.readers_run_after_writers,
    "a plan has at most num_stages stages": pipeline_plan.stages_are_honoured,
    "a plan made by hand is kept": pipeline_plan.made_by_hand_is_kept,
}


def remark(before: str, after: str) -> str:
    """`stages [0, 0, 2], order [0, 1, 2]` of each loop it planned."""
    del before
    stages = re.findall(r'"software_pipeline_stage": (\[[^\]]*\])', after)
    orders = re.findall(r'"software_pipeline_order": (\[[^\]]*\])', after)
    return "; ".join(f"stages {s}, order {o}" for s, o in zip(stages, orders, strict=False))


SPEC = PassSpec(
    name="PipelinePlanning",
    summary="decide stage and order of the statements of a pipelined loop",
    requires=("tirx.BindTarget", "IfStmtBinding"),
    invariants=tuple(CHECKS),
    checks=CHECKS,
    remark=remark,
)
