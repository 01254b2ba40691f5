"""LowerHopperIntrin: has the host build each TMA descriptor, and the kernel take it as a parameter.

What it does: every distinct `create_tma_descriptor` in the kernel becomes a call of `__tvm_tensormap_create_tiled` on
the host and a grid-constant parameter; one thread prefetches the descriptors as the kernel starts.

Example input:
    T.tma_load(T.create_tma_descriptor(6, 2, A.data, 256, 128, ...), mbarrier[0], ...)
Example output:
    A_desc = T.tvm_stack_alloca("tvm_ffi_any", 16)
    T.call_packed("__tvm_tensormap_create_tiled", A_desc, 6, 2, A, 256, 128, ...)
    ...
    if T.tl_shuffle_elect(0):
        T.prefetch_tma_descriptor(A_desc)
    T.tma_load(A_desc, mbarrier[0], ...)

Invariants after: one descriptor on the host for each distinct one in the kernel, with its arguments; none is built in
the kernel; each is prefetched once.
"""

from __future__ import annotations

import re
from collections import Counter

from tl_passlab.passes.lines import call_count, counts_differ, plain_name
from tl_passlab.passes.spec import PassSpec

# An argument list holds one level of parentheses, of casts.
_ARGUMENTS = r"((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)"
_DEVICE = re.compile(rf"T\.create_tma_(?:im2col_)?descriptor\({_ARGUMENTS}\)")
_HOST = re.compile(rf'T\.call_packed\("__tvm_tensormap_create_(?:tiled|im2col)", \w+, {_ARGUMENTS}\)')

_COPY = re.compile(r"T\.(tma_(?:load|store)\w*)\((?!T\.tvm_access_ptr)")


def remark(before: str, after: str) -> str:
    """`3 TMA descriptors built on the host`."""
    count = len(_HOST.findall(after)) - len(_HOST.findall(before))
    return f"{count} TMA descriptors built on the host" if count else ""


def descriptors_move_to_the_host(before: str, after: str) -> list[str]:
    """Violations of: one descriptor on the host for each distinct one in the kernel, with its arguments."""
    wanted = Counter(dict.fromkeys(map(_plain, _DEVICE.findall(before)), 1))
    return counts_differ(wanted, Counter(map(_plain, _HOST.findall(after))), "descriptor")


def none_left(before: str, after: str) -> list[str]:
    """Violations of: no descriptor is built in the kernel."""
    del before
    return [f"still in the kernel: {arguments}" for arguments in _DEVICE.findall(after)]


def each_prefetched(before: str, after: str) -> list[str]:
    """Violations of: as many prefetches as descriptors."""
    made = len(_HOST.findall(after))
    fetched = call_count(after, "prefetch_tma_descriptor") + after.count('"tl::prefetch_tma_descriptor"')
    old = call_count(before, "prefetch_tma_descriptor") + before.count('"tl::prefetch_tma_descriptor"')
    return [] if fetched - old == made else [f"{made} descriptors, {fetched - old} prefetches"]


def copies_stay(before: str, after: str) -> list[str]:
    """Violations of: no TMA copy is added or lost."""
    was, now = (Counter(_COPY.findall(text)) for text in (before, after))
    return counts_differ(was, now, "calls of")


def _plain(arguments: str) -> str:
    """The arguments without what only the printing of the two places differs in: `.data`, casts, ordinals."""
    return plain_name(re.sub(r"T\.int64\(([^()]*)\)", r"\1", arguments).replace(".data", ""))


SPEC = PassSpec(
    name="LowerHopperIntrin",
    summary="build TMA descriptors on the host and prefetch them",
    kinds=("cuda",),
    requires=("tirx.BindTarget", "LowerTileOp", "FlattenBuffer"),
    invariants=(
        "one host-side descriptor for each distinct one in the kernel",
        "no descriptor is built in the kernel",
        "every descriptor is prefetched once",
        "no TMA copy is added or lost",
    ),
    remark=remark,
    checks={
        "one host-side descriptor for each distinct one in the kernel": descriptors_move_to_the_host,
        "no descriptor is built in the kernel": none_left,
        "every descriptor is prefetched once": each_prefetched,
        "no TMA copy is added or lost": copies_stay,
    },
)
