"""ThreadSync: puts a barrier between two accesses of shared memory by different threads, one of which writes.

What it does: one run for each scope (`ThreadSync` for `shared`, `ThreadSync.2` for `shared.dyn`). It follows the
accesses
of a scope in order, loops twice, and inserts `tvm_storage_sync` before the access that conflicts with an earlier one
since the last barrier; under a role of a warp-specialised kernel the barrier is a named one, of that role's threads.

Example input:
    A_shared[tx] = A[...]
    B[...] = A_shared[127 - tx]
Example output:
    A_shared[tx] = A[...]
    T.tvm_storage_sync("shared")
    B[...] = A_shared[127 - tx]

Invariants after: only barriers were added; no barrier of all threads stands where only some of them come by.
"""

from __future__ import annotations

import re

from tl_passlab.passes.lines import call_count, unchanged_but_for
from tl_passlab.passes.spec import PassSpec

SYNC = "tvm_storage_sync"


def remark(before: str, after: str) -> str:
    """`2 barriers`."""
    count = call_count(after, SYNC) - call_count(before, SYNC)
    return f"{count} barrier{'s' if count > 1 else ''}" if count else ""


def only_barriers(before: str, after: str) -> list[str]:
    """Violations of: nothing but barriers was added."""
    return unchanged_but_for(before, after, rf"T\.{SYNC}\(")


def all_threads_meet(before: str, after: str) -> list[str]:
    """Violations of: no barrier of all threads (one argument) is under a condition on the thread index."""
    old = set(_partial_barriers(before))
    return [
        f"a barrier of all threads under `{condition}`"
        for condition in _partial_barriers(after)
        if condition not in old
    ]


def _partial_barriers(text: str) -> list[str]:
    """The conditions on a thread index under which a barrier of all threads stands."""
    found = []
    stack: list[tuple[int, str]] = []
    for raw in text.splitlines():
        line, indent = raw.strip(), len(raw) - len(raw.lstrip())
        condition = next((c for depth, c in reversed(stack) if depth == indent and line.startswith("else")), "")
        while stack and indent <= stack[-1][0]:
            stack.pop()
        if line.startswith("if ") or condition:
            stack.append((indent, condition or line.removeprefix("if ").rstrip(":")))
        if re.fullmatch(rf'T\.{SYNC}\("[\w.]+"\)', line):
            found += [c for _, c in stack if re.search(r"\b(tx|ty|tz|threadIdx\w*)\b|tl_shuffle_elect", c)]
    return found


SPEC = PassSpec(
    name="ThreadSync",
    summary="insert barriers between conflicting shared-memory accesses",
    requires=("tirx.BindTarget", "LowerTileOp", "SplitHostDevice", "MergeSharedMemoryAllocations"),
    invariants=("only barriers are added", "no barrier of all threads is under a condition on the thread"),
    remark=remark,
    checks={
        "only barriers are added": only_barriers,
        "no barrier of all threads is under a condition on the thread": all_threads_meet,
    },
)
