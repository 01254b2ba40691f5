"""PipelinePlanning: decides in which stage and order each statement of a pipelined loop runs.

What it does: classifies the statements of a `T.Pipelined` loop into copies and computation from their read and write
regions and annotates the loop with stage and order; InjectSoftwarePipeline acts on it.

Example input:
    for ko in T.serial(8, annotations={"num_stages": 3}):
Example output:
    for ko in T.serial(8, annotations={"software_pipeline_order": [0, 1, 2], "software_pipeline_stage": [0, 0, 2],
                                       "software_pipeline_async_stages": [0], ...}):

Invariants after: stage and order have one entry per statement; order is a permutation; a reader's stage is not before
its writer's.
"""

from __future__ import annotations

import re

from tl_passlab.passes.spec import PassSpec


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
    invariants=(
        "software_pipeline_stage and software_pipeline_order have one entry per statement of the loop body",
        "the order is a permutation",
        "no statement reads in an earlier stage what a later stage writes",
    ),
    remark=remark,
)
