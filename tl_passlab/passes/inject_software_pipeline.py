"""InjectSoftwarePipeline: rewrites a planned loop into prologue, body and epilogue over versioned buffers.

What it does: statements of a later stage run iterations behind; the shared buffers between stages get one version per
overlapping iteration, layouts that the user annotated are expanded by that dimension, and on targets with cp.async the
copies are bracketed by commit and wait groups.

Example input:
    for ko in T.serial(8, annotations={"software_pipeline_stage": [0, 0, 2], ...}):
        T.copy(A[..., ko * 32], A_shared)
        T.copy(B[ko * 32, ...], B_shared)
        T.gemm(A_shared, B_shared, C_local)
Example output:
    for ko in range(2):                                  # prologue
        T.copy(A[..., ko * 32], A_shared[ko])  ...  T.ptx_commit_group()
    for ko in range(6):                                  # body
        T.copy(A[..., (ko + 2) * 32], A_shared[(ko + 2) % 3])  ...  T.ptx_commit_group(); T.ptx_wait_group(2)
        T.gemm(A_shared[ko % 3], ...)
    ...                                                  # epilogue

Invariants after: prologue, body and epilogue together run every statement once per iteration; a group of asynchronous
copies is awaited before its data is read; a reader indexes the version its writer wrote; no local became a kernel
parameter; a layout that the user annotated is expanded by the versions.
"""

from __future__ import annotations

import re

from tl_passlab.layouts.find import wrongly_expanded
from tl_passlab.passes import software_pipeline
from tl_passlab.passes.spec import PassSpec

CHECKS = {
    "prologue, body and epilogue run every statement once per iteration": software_pipeline.once_per_iteration,
    "a reader indexes the version its writer wrote": software_pipeline.readers_see_their_writers,
    "a committed group is awaited before its data is read": software_pipeline.awaited_before_read,
    "the kernel's parameters are those of the input": software_pipeline.parameters_stay,
    "an annotated layout is expanded by the versions": wrongly_expanded,
}


def remark(before: str, after: str) -> str:
    """`A_shared x3, B_shared x3`: the buffers that gained versions."""
    grown = []
    shapes = _shared_shapes(before)
    for name, shape in _shared_shapes(after).items():
        if name in shapes and shape != shapes[name] and shape[1:] == shapes[name]:
            grown.append(f"{name} x{shape[0]}")
    return ", ".join(grown)


def _shared_shapes(text: str) -> dict[str, tuple[str, ...]]:
    found = re.findall(r"(\w+) = T\.sblock_alloc_buffer\(\(([^)]*)\)[^\n]*scope=\"shared[^\n]*", text)
    return {name: tuple(part.strip() for part in shape.split(",") if part.strip()) for name, shape in found}


SPEC = PassSpec(
    name="InjectSoftwarePipeline",
    summary="rewrite a planned loop into prologue, body and epilogue over versioned buffers",
    requires=("tirx.BindTarget", "PipelinePlanning"),
    invariants=tuple(CHECKS),
    checks=CHECKS,
    remark=remark,
)
