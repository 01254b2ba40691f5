"""SeparatePipelineVersions, ours: keeps pipelined loops with different numbers of stages off each other's buffers.

What it does: a shared buffer gets as many versions as the pipelined loop around it has stages. Two loops with different
num_stages over one buffer make LayoutInference stop (upstream 2309). Before the versions are made, every loop but the
one with the fewest stages gets buffers of its own, with the layout that the user gave; where a loop reads what another
one wrote, the kernel is rejected with an explanation. MergeSharedMemoryAllocations overlaps the buffers again, as their
lives do not meet.

Example input:
    for ko in T.serial(2, annotations={"num_stages": 2}):  T.copy(A[...], A_shared); T.gemm(A_shared, ...)
    for ko in T.serial(2, annotations={"num_stages": 3}):  T.copy(A[...], A_shared); T.gemm(A_shared, ...)
Example output:
    for ko in T.serial(2, annotations={"num_stages": 2}):  T.copy(A[...], A_shared); T.gemm(A_shared, ...)
    for ko in T.serial(2, annotations={"num_stages": 3}):  T.copy(A[...], A_shared_3_stages);
    T.gemm(A_shared_3_stages, ...)

Invariants after: no shared buffer is used by pipelined loops of different num_stages; a clone has the shape, dtype,
scope and layout of its original.
"""

from __future__ import annotations

import dataclasses
import re

from tl_passlab.layouts.find import declared_in, layouts_in
from tl_passlab.passes.spec import PassSpec


def remark(before: str, after: str) -> str:
    """`A_shared_3_stages, B_shared_3_stages`: the buffers that were added."""
    added = dict.fromkeys(re.findall(r"(\w+_\d+_stages) = T\.sblock_alloc_buffer", after))
    return ", ".join(name for name in added if name not in before)


def shared_by_unequal_loops(before: str, after: str) -> list[str]:
    """Violations of: a shared buffer belongs to loops of one num_stages."""
    del before
    shared = set(re.findall(r'(\w+) = T\.sblock_alloc_buffer\([^\n]*scope="shared', after))
    users: dict[str, set[str]] = {}
    stack: list[tuple[int, str]] = []
    for line in after.splitlines():
        indent = len(line) - len(line.lstrip())
        while stack and indent <= stack[-1][0]:
            stack.pop()
        loop = re.search(r'"num_stages": (\d+)', line)
        if loop:
            stack.append((indent, loop[1]))
        elif stack:
            for name in shared & set(re.findall(r"\w+", line)):
                users.setdefault(name, set()).add(stack[-1][1])
    return [f"{name} is used with {' and '.join(sorted(s))} stages" for name, s in sorted(users.items()) if len(s) > 1]


def clones_are_like_their_originals(before: str, after: str) -> list[str]:
    """Violations of: a clone has the shape, dtype, scope and layout of its original."""
    old, new = declared_in(before), declared_in(after)
    layouts = layouts_in(after)
    found = []
    for name, buffer in new.items():
        original = re.sub(r"_\d+_stages$", "", name)
        if name in old or original == name or original not in new:
            continue
        if dataclasses.replace(buffer, name=original) != new[original]:
            found.append(f"{name} is {buffer}, {original} is {new[original]}")
        if str(layouts.get(name)) != str(layouts.get(original)):
            found.append(f"{name} has the layout {layouts.get(name)}, {original} {layouts.get(original)}")
    return found


CHECKS = {
    "no shared buffer is used by pipelined loops of different num_stages": shared_by_unequal_loops,
    "a clone is laid out as its original": clones_are_like_their_originals,
}

SPEC = PassSpec(
    name="passlab.SeparatePipelineVersions",
    summary="give pipelined loops with different numbers of stages shared buffers of their own",
    requires=("tirx.BindTarget", "MaterializeKernelLaunch"),
    takes_input_of="Simplify",
    invariants=tuple(CHECKS),
    remark=remark,
    checks=CHECKS,
    own="tl_passlab.passes.own.separate_pipeline_versions:separate",
)
