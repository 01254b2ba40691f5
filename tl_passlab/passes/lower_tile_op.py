"""LowerTileOp: replaces tile operators by thread-level code and instructions, and applies the inferred layouts.

What it does: each `tl.tileop.*` call becomes loops over a thread's elements or the target's instructions (TMA,
cp.async, ldmatrix, mma, wgmma, simdgroup); buffers take the shape of their layout; fragments become a thread's
registers.

Example input:
    T.gemm(T.region(A_shared[...], 1, 64, 32), T.region(B_shared[...], 1, 32, 64), T.region(C_local[...], 3, 64, 64))
Example output:
    T.warpgroup_arrive()
    T.ptx_wgmma_ss("m64n64k16", ..., desc_a.data, 0, desc_b.data, 0, C_local.data, 0, 1, 1, 1)
    T.warpgroup_commit_batch()
    T.warpgroup_wait(0)

Invariants after: no tile operator is left; no fragment is, its threads have registers; after every asynchronous copy
comes a wait of its kind.
"""

from __future__ import annotations

import re
from collections import Counter

from tl_passlab.passes import gather4
from tl_passlab.passes.spec import PassSpec
from tl_passlab.passes.unrolled import own_names

INSTRUCTIONS = (
    "tma_load",
    "tma_load_gather4",
    "tma_store",
    "tma_store_scatter4",
    "ptx_cp_async",
    "ptx_ldmatrix",
    "ptx_stmatrix",
    "ptx_mma",
    "ptx_wgmma_ss",
    "ptx_wgmma_rs",
    "tcgen05_mma_ss",
    "ptx_tcgen05_mma_ss",
    "simdgroup_load",
    "simdgroup_store",
    "simdgroup_multiply_accumulate",
    "tvm_mfma",
)


def remark(before: str, after: str) -> str:
    """`2 tma_load, 1 ptx_wgmma_ss`: how many of each instruction appeared."""
    was, now = _instructions(before), _instructions(after)
    return ", ".join(f"{now[name] - was[name]} {name}" for name in INSTRUCTIONS if now[name] > was[name])


def no_tile_op_left(before: str, after: str) -> list[str]:
    """Violations of: no tile operator is left."""
    del before
    found = re.findall(r"(?m)^ *T\.(copy|gemm|fill|reduce|cumsum|tma_copy|async_copy|gemm_sp)\(T\.region", after)
    return [f"T.{name} is left" for name in dict.fromkeys(found)]


def no_fragment_left(before: str, after: str) -> list[str]:
    """Violations of: what was a fragment is a register buffer of one thread."""
    del before
    # A declaration that allocates nothing may stay, as the key of a layout_map.
    return [
        f"{name} is a fragment" for name in re.findall(r'(\w+) = T\.\w*alloc_buffer\([^\n]*"local\.fragment"', after)
    ]


def copies_are_awaited(before: str, after: str) -> list[str]:
    """Violations of: after every cp.async or TMA store comes a wait for it, and every barrier of a TMA load is waited
    for."""
    del before
    lines = after.splitlines()
    found = []
    for what, waits in _AWAITED:
        last = max((k for k, line in enumerate(lines) if re.search(what, line)), default=-1)
        if last >= 0 and not any(re.search(waits, line) for line in lines[last:]):
            found.append(f"nobody waits after {lines[last].strip()[:80]}")
    names = own_names(after)
    barriers = set(re.findall(r'(\w+) = T\.\w*(?:alloc_b|B)uffer\([^\n]*"shared\.barrier"', after))
    loads = {name for line in lines if "T.tma_load" in line for name in re.findall(r"\w+", line) if name in barriers}
    awaited = set(re.findall(r"T\.mbarrier_wait_parity\((\w+)\[", after))
    missing = {names.get(name, name) for name in loads} - {names.get(name, name) for name in awaited}
    return found + [f"nobody waits for {name}" for name in sorted(missing)]


# An instruction, and what waits for it.
_AWAITED = (
    (r"T\.ptx_cp_async\(", r"T\.ptx_wait_group\(|cp_async_barrier_noinc\("),
    (r"T\.tma_store\(", r"T\.tma_store_wait\("),
)


def _instructions(text: str) -> Counter[str]:
    return Counter(re.findall(rf"T\.({'|'.join(INSTRUCTIONS)})\(", text))


SPEC = PassSpec(
    name="LowerTileOp",
    summary="replace tile operators by thread-level code and instructions",
    aliases=("gather4", "scatter4"),
    requires=("tirx.BindTarget", "LayoutInference"),
    invariants=(
        "no tl.tileop call is left",
        "every fragment is a register buffer of one thread",
        "every asynchronous copy has a wait",
    ),
    remark=remark,
    checks={
        "no tl.tileop call is left": no_tile_op_left,
        "every fragment is a register buffer of one thread": no_fragment_left,
        "every asynchronous copy has a wait": copies_are_awaited,
        "a gather4 or scatter4 is one instruction with its rows": gather4.one_instruction_each,
        "the box of a gather4 descriptor is one row": gather4.box_is_one_row,
        "a gather4 is announced with the bytes of its tile": gather4.bytes_are_announced,
    },
)
