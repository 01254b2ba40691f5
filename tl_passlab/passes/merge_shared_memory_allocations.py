"""MergeSharedMemoryAllocations: places all shared buffers of a kernel in one arena, one over another where lives
permit.

What it does: a kernel can have one dynamic shared allocation. The pass finds when each buffer is in use, gives buffers
that are never in use together the same bytes, and replaces every allocation by an offset into the arena.

Example input:
    A_shared = T.alloc_buffer((8192,), "float16", scope="shared.dyn")
    B_shared = T.alloc_buffer((8192,), "float16", scope="shared.dyn")
Example output:
    buf_dyn_shmem = T.alloc_buffer((32768,), "uint8", scope="shared.dyn")
    A_shared: T.handle("float16", "shared.dyn") = T.handle_add_byte_offset(buf_dyn_shmem.data, 0)
    B_shared: T.handle("float16", "shared.dyn") = T.handle_add_byte_offset(buf_dyn_shmem.data, 16384)

Invariants after: buffers that share bytes are not in use at once; every buffer lies within the arena; offsets keep the
alignment that TMA and WGMMA ask for.
"""

from __future__ import annotations

import re

from tl_passlab.passes.arena import arena, describe, overlaps, unsafe
from tl_passlab.passes.spec import PassSpec

_ARENA = re.compile(r'\w+ = T\.alloc_buffer\(\((\d+),\), "uint8", scope="shared[\w.]*"\)')
_ALIGNMENTS = re.compile(r'"(\w+)": (\d+)')


def remark(before: str, after: str) -> str:
    """`49,152 bytes for 4 buffers, 2 pairs share bytes`."""
    slots = arena(before, after)
    size = _ARENA.search(after)
    if not slots or size is None:
        return ""
    pairs = len(overlaps(slots))
    shared = f", {pairs} pair{'s' if pairs > 1 else ''} share bytes" if pairs else ""
    return f"{int(size[1]):,} bytes for {len(slots)} buffers{shared}"


def never_in_use_together(before: str, after: str) -> list[str]:
    """Violations of: buffers that share bytes are not in use at once."""
    return unsafe(arena(before, after))


def within_the_arena(before: str, after: str) -> list[str]:
    """Violations of: every buffer lies within the arena."""
    size = _ARENA.search(after)
    limit = int(size[1]) if size else 0
    slots = arena(before, after)
    return [f"{slot.name} ends at byte {slot.end} of {limit}" for slot in slots if size and slot.end > limit]


def aligned(before: str, after: str) -> list[str]:
    """Violations of: a buffer that asks for an alignment (`tl.smem_alignment_map`) has it."""
    found = re.search(r'"tl\.smem_alignment_map": \{([^}]*)\}', before)
    wanted = {name: int(value) for name, value in _ALIGNMENTS.findall(found[1])} if found else {}
    slots = arena(before, after)
    return [
        f"{slot.name} at byte {slot.offset} wants a multiple of {wanted[slot.name]}"
        for slot in slots
        if slot.name in wanted and slot.offset % wanted[slot.name]
    ]


def details(before: str, after: str) -> list[str]:
    """The arena map."""
    return describe(arena(before, after))


SPEC = PassSpec(
    name="MergeSharedMemoryAllocations",
    summary="place shared buffers in one arena, reusing dead ones",
    requires=("tirx.BindTarget", "LowerTileOp", "FlattenBuffer", "SplitHostDevice"),
    invariants=(
        "buffers that share bytes are not in use at once",
        "every buffer lies within the arena",
        "a buffer has the alignment it asks for",
    ),
    remark=remark,
    checks={
        "buffers that share bytes are not in use at once": never_in_use_together,
        "every buffer lies within the arena": within_the_arena,
        "a buffer has the alignment it asks for": aligned,
    },
    details=details,
)
