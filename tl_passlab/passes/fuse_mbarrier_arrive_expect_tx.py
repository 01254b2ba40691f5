"""FuseMBarrierArriveExpectTx: makes one instruction of announcing bytes to an mbarrier and arriving at it.

What it does: `mbarrier_expect_tx`, the TMA loads, and `ptx_arrive_barrier` on one barrier, in a row in one branch,
become `ptx_arrive_barrier_expect_tx` before the loads. Runs where LowerTileOp left TMA.

Example input:
    T.mbarrier_expect_tx(mbarrier[0], 8192)
    T.tma_load(desc, mbarrier[0], ...)
    T.ptx_arrive_barrier(mbarrier[0])
Example output:
    T.ptx_arrive_barrier_expect_tx(mbarrier[0], 8192)
    T.tma_load(desc, mbarrier[0], ...)

Invariants after: every barrier is arrived at as often as before and told of as many bytes; no load was added or lost.
"""

from __future__ import annotations

from collections import Counter

from tl_passlab.passes.lines import call_count, calls, counts_differ, plain_name
from tl_passlab.passes.spec import PassSpec

FUSED = "ptx_arrive_barrier_expect_tx"


def remark(before: str, after: str) -> str:
    """`3 fused`."""
    count = call_count(after, FUSED) - call_count(before, FUSED)
    return f"{count} fused" if count else ""


def arrivals_stay(before: str, after: str) -> list[str]:
    """Violations of: every barrier is arrived at as often as before."""
    return counts_differ(_arrivals(before), _arrivals(after), "arrivals at")


def bytes_stay(before: str, after: str) -> list[str]:
    """Violations of: every barrier is told of as many bytes as before."""
    return counts_differ(_bytes(before), _bytes(after), "announcements to")


def loads_stay(before: str, after: str) -> list[str]:
    """Violations of: no TMA load was added or lost."""
    was, now = call_count(before, "tma_load"), call_count(after, "tma_load")
    return [] if was == now else [f"{was} tma_load before, {now} after"]


def _arrivals(text: str) -> Counter[str]:
    plain = [plain_name(argument) for argument in calls(text, "ptx_arrive_barrier")]
    return Counter([*plain, *(barrier for barrier, _ in _told(text, FUSED))])


def _bytes(text: str) -> Counter[str]:
    told = [*_told(text, "mbarrier_expect_tx"), *_told(text, FUSED)]
    return Counter(f"{barrier} of {size} bytes" for barrier, size in told)


def _told(text: str, name: str) -> list[tuple[str, str]]:
    """Barrier and byte count of each call; the count is the last argument."""
    parts = (argument.rpartition(", ") for argument in calls(text, name))
    return [(plain_name(barrier), size) for barrier, _, size in parts]


SPEC = PassSpec(
    name="FuseMBarrierArriveExpectTx",
    summary="fuse expect_tx and arrive on an mbarrier",
    kinds=("cuda",),
    requires=("tirx.BindTarget", "LowerTileOp", "LowerSharedBarrier"),
    invariants=(
        "every barrier is arrived at as often as before",
        "every barrier is told of as many bytes as before",
        "no TMA load is added or lost",
    ),
    remark=remark,
    checks={
        "every barrier is arrived at as often as before": arrivals_stay,
        "every barrier is told of as many bytes as before": bytes_stay,
        "no TMA load is added or lost": loads_stay,
    },
)
