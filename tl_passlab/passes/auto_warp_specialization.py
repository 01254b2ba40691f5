"""AutoWarpSpecialization: derives a schedule of roles for a kernel that has none, when asked to.

What it does: with `tl.enable_auto_warp_specialization` set to a scheduler ("role_based"), every statement of the
kernel that
can be scheduled gets a number, and the block a `tl.ws_schedule` of roles, pipelines and scopes. MaterializeWSSchedule
acts on it. A kernel that the scheduler declines stays as it is, with a warning.

Example input:
    T.copy(A[...], A_shared)
Example output:
    T.sblock_attr({"tl.ws_schedule": ...})
    T.copy(A[...], A_shared, tl.ws_op_id="tl_tileop_copy_0")

Invariants after: statements are those of the input, but for their numbers; a number names one statement; without the
configuration nothing changes.
"""

from __future__ import annotations

import re

from tl_passlab.passes.spec import PassSpec

_NUMBERS = re.compile(r'"?tl\.ws_op_id"?[:=,] ?"?(\w+)"?')
_SCHEDULE = '"tl.ws_schedule"'


def remark(before: str, after: str) -> str:
    """`scheduled: 4 operations`."""
    if _SCHEDULE in after and _SCHEDULE not in before:
        return f"scheduled: {len(set(_NUMBERS.findall(after)))} operations"
    return ""


def numbers_are_unique(before: str, after: str) -> list[str]:
    """Violations of: a number names one statement."""
    del before
    numbers = _NUMBERS.findall(after)
    return [
        f"{number} names {numbers.count(number)} statements"
        for number in dict.fromkeys(numbers)
        if numbers.count(number) > 1
    ]


def calls_stay(before: str, after: str) -> list[str]:
    """Violations of: the tile operators are those of the input."""
    pattern = r"T\.(copy|gemm|fill|reduce\w*|tma_copy)\("
    old, new = re.findall(pattern, before), re.findall(pattern, after)
    return [] if old == new else [f"tile operators were {old}, are {new}"]


SPEC = PassSpec(
    name="AutoWarpSpecialization",
    summary="derive a warp-specialisation schedule (opt-in)",
    kinds=("cuda",),
    since="0.1.15",
    requires=("tirx.BindTarget", "MaterializeKernelLaunch", "InjectAssumes", "Simplify"),
    invariants=("a number names one statement", "the tile operators are those of the input"),
    remark=remark,
    checks={
        "a number names one statement": numbers_are_unique,
        "the tile operators are those of the input": calls_stay,
    },
)
