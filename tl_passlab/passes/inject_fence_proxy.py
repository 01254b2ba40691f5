"""InjectFenceProxy: makes what threads wrote visible to the asynchronous proxy before it reads.

What it does: ordinary stores to shared memory go through the generic proxy, TMA stores and WGMMA read through the
asynchronous one. Where a path may come from the one to the other, `fence_proxy_async` is put right before the
asynchronous instruction.

Example input:
    C_shared[...] = C_local[...]
    T.tvm_storage_sync("shared.dyn")
    T.tma_store(desc, C_shared, ...)
Example output:
    C_shared[...] = C_local[...]
    T.tvm_storage_sync("shared.dyn")
    T.fence_proxy_async()
    T.tma_store(desc, C_shared, ...)

Invariants after: only fences were added; on a straight path no asynchronous read follows a store without a fence.
"""

from __future__ import annotations

import re

from tl_passlab.passes.lines import call_count, unchanged_but_for
from tl_passlab.passes.spec import PassSpec

FENCE = "fence_proxy_async"
_ASYNC_READ = re.compile(r"T\.(tma_store|tma_store_scatter4|ptx_wgmma_\w+|ptx_tcgen05_mma_\w+)\(")
_SHARED = re.compile(r'(\w+)(?:: T\.handle\([^)]*"shared[\w.]*"\)| = T\.alloc_buffer\([^\n]*scope="shared[\w.]*")')


def remark(before: str, after: str) -> str:
    """`2 fences`."""
    count = call_count(after, FENCE) - call_count(before, FENCE)
    return f"{count} fence{'s' if count > 1 else ''}" if count else ""


def only_fences(before: str, after: str) -> list[str]:
    """Violations of: nothing but fences was added."""
    return unchanged_but_for(before, after, rf"T\.{FENCE}\(")


def reads_are_fenced(before: str, after: str) -> list[str]:
    """Violations of: no asynchronous read follows a store to shared memory on a straight path without a fence.

    A path is followed from line to line; where the indentation drops below the store's, what is ahead may run without
    the store, and this check leaves it.
    """
    del before
    shared = set(_SHARED.findall(after))
    pending: tuple[int, str] | None = None
    found = []
    for line in after.splitlines():
        indent = len(line) - len(line.lstrip())
        store = re.match(r" *(\w+)\[.*\] = ", line)
        if store and any(store[1] == name or store[1].startswith(f"{name}_") for name in shared):
            pending = (indent, line.strip())
        elif f"T.{FENCE}(" in line:
            pending = None
        elif pending and _ASYNC_READ.search(line):
            found.append(f"{line.strip()[:60]} after {pending[1][:60]}")
            pending = None
    return found


SPEC = PassSpec(
    name="InjectFenceProxy",
    summary="fence generic writes before asynchronous-proxy reads",
    kinds=("cuda",),
    requires=("tirx.BindTarget", "LowerTileOp", "SplitHostDevice", "MergeSharedMemoryAllocations"),
    invariants=(
        "only fences are added",
        "no asynchronous read follows a store to shared memory without a fence",
    ),
    remark=remark,
    checks={
        "only fences are added": only_fences,
        "no asynchronous read follows a store to shared memory without a fence": reads_are_fenced,
    },
)
