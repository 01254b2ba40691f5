"""LowerSharedBarrier: initialises the mbarriers that a block declares, before anything uses them.

What it does: a buffer in scope `shared.barrier` has its arrival counts in the block's `barrier_init`; one elected
thread initialises each barrier with its count, a fence publishes them, and the block synchronises.

Example input:
    T.sblock_attr({"barrier_init": {mbarrier: [1, 128]}})
Example output:
    if T.tl_shuffle_elect(0):
        T.ptx_init_barrier_thread_count(mbarrier[0], 1)
        T.ptx_init_barrier_thread_count(mbarrier[1], 128)
    T.ptx_fence_barrier_init()
    T.tvm_storage_sync("shared")

Invariants after: every declared barrier is initialised once with its count; a fence and a block-wide barrier follow
before the first wait or arrival.
"""

from __future__ import annotations

import re
from collections import Counter

from tl_passlab.passes.lines import call_count, calls
from tl_passlab.passes.spec import PassSpec

_INIT = "ptx_init_barrier_thread_count"
_USES = r"T\.(mbarrier_wait_parity|ptx_arrive_barrier|ptx_arrive_barrier_expect_tx|mbarrier_expect_tx|tma_load)\("


def remark(before: str, after: str) -> str:
    """`6 mbarriers initialised`."""
    count = call_count(after, _INIT) - call_count(before, _INIT)
    return f"{count} mbarriers initialised" if count else ""


def counts_as_declared(before: str, after: str) -> list[str]:
    """Violations of: every declared barrier is initialised once, with its count."""
    wanted = Counter(count for _, counts in declared(before) for count in counts)
    found = Counter(argument.rpartition(", ")[2] for argument in calls(after, _INIT))
    found -= Counter(argument.rpartition(", ")[2] for argument in calls(before, _INIT))
    if wanted == found:
        return []
    return [f"declared arrival counts {sorted(wanted.elements())}, initialised {sorted(found.elements())}"]


def declared(text: str) -> list[tuple[str, list[str]]]:
    """Barrier buffer and arrival counts of every `barrier_init` that is still to be lowered."""
    maps = re.findall(r'"barrier_init": \{(.*?)\}', text)
    entries = [entry for found in maps for entry in re.findall(r"([\w.]+): \[([^\]]*)\]", found)]
    return [(name, [count.strip() for count in counts.split(",")]) for name, counts in entries]


def published_before_use(before: str, after: str) -> list[str]:
    """Violations of: fence and synchronisation come after the initialisation and before the first use."""
    del before
    lines = after.splitlines()
    inits = [n for n, line in enumerate(lines) if f"T.{_INIT}(" in line]
    if not inits:
        return []
    uses = [n for n, line in enumerate(lines) if re.search(_USES, line)]
    between = "\n".join(lines[inits[-1] : uses[0] if uses else len(lines)])
    wanted = ("ptx_fence_barrier_init", "tvm_storage_sync")
    return [f"no {name} between initialisation and first use" for name in wanted if name not in between]


SPEC = PassSpec(
    name="LowerSharedBarrier",
    summary="initialise mbarriers",
    kinds=("cuda",),
    requires=("tirx.BindTarget", "LowerTileOp"),
    invariants=(
        "every declared barrier is initialised once, with its count",
        "a fence and a block-wide barrier follow before the first use",
    ),
    remark=remark,
    checks={
        "every declared barrier is initialised once, with its count": counts_as_declared,
        "a fence and a block-wide barrier follow before the first use": published_before_use,
    },
)
