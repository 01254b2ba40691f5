"""MaterializeWSSchedule: carries out a schedule of roles, pipelines and scopes that a kernel is annotated with.

What it does: `T.annotate_ws_schedule` (or AutoWarpSpecialization) says which warps are which role, which buffers a
pipeline protects and who acquires, commits, waits and releases where. The pass writes it out: a branch for each role,
versioned buffers, mbarrier waits and arrivals, asynchronous copies. What follows sees a kernel that is
warp-specialised by hand, so ProducerConsumerWarpSpecialized leaves it alone.

Example input:
    T.sblock_attr({"tl.ws_schedule": ...})    T.copy(A[...], A_shared)    T.gemm(A_shared, ...)
Example output:
    if tx < 128: ... T.gemm(A_shared[k % 2], ...) ... T.ptx_arrive_barrier(empty[k % 2])
    else:        T.mbarrier_wait_parity(empty[k % 2], ...)  T.tma_copy(A[...], A_shared[k % 2], barrier=full[k % 2])

Invariants after: no schedule and no operation number is left; every mbarrier that is waited on has arrivals; every
declared barrier is used.
"""

from __future__ import annotations

import re

from tl_passlab.passes.lower_shared_barrier import declared
from tl_passlab.passes.spec import PassSpec

_SCHEDULE = '"tl.ws_schedule"'
_ARRIVES = r"(?:ptx_arrive_barrier|ptx_arrive_barrier_expect_tx|ptx_arrive_cluster_barrier|tcgen05_mma_arrive)\((\w+)\["


def remark(before: str, after: str) -> str:
    """`materialised: 4 mbarriers`."""
    if _SCHEDULE not in before or _SCHEDULE in after:
        return ""
    count = sum(len(counts) for _, counts in declared(after)) - sum(len(counts) for _, counts in declared(before))
    return f"materialised: {count} mbarriers"


def none_left(before: str, after: str) -> list[str]:
    """Violations of: no schedule and no operation number is left."""
    del before
    return [f"{key} is left" for key in ("tl.ws_schedule", "tl.ws_op_id") if f'"{key}"' in after]


def waits_have_arrivals(before: str, after: str) -> list[str]:
    """Violations of: a barrier buffer that is waited on has arrivals, of threads, of TMA or of an mma."""
    del before
    waited = set(re.findall(r"T\.mbarrier_wait_parity\((\w+)\[", after))
    arrived = set(re.findall(_ARRIVES, after)) | set(re.findall(r"barrier=(\w+)\[", after))
    arrived |= set(re.findall(r'"?mbar"?[=:] ?(\w+)\[', after))
    return [f"{name} is waited on, nobody arrives" for name in sorted(waited - arrived)]


SPEC = PassSpec(
    name="MaterializeWSSchedule",
    summary="apply a warp-specialisation schedule of the user",
    kinds=("cuda",),
    since="0.1.14",
    requires=("tirx.BindTarget", "MaterializeKernelLaunch", "InjectAssumes", "Simplify"),
    invariants=("no schedule and no operation number is left", "a barrier that is waited on has arrivals"),
    remark=remark,
    checks={
        "no schedule and no operation number is left": none_left,
        "a barrier that is waited on has arrivals": waits_have_arrivals,
    },
)
