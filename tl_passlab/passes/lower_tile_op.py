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

Invariants after: no tile operator is left; no layout_map entry refers to a fragment; every
asynchronous copy has a wait.
"""

from __future__ import annotations

import re
from collections import Counter

from tl_passlab.passes import gather4
from tl_passlab.passes.spec import PassSpec

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
        "a gather4 or scatter4 is one instruction with its rows": gather4.one_instruction_each,
        "the box of a gather4 descriptor is one row": gather4.box_is_one_row,
        "a gather4 is announced with the bytes of its tile": gather4.bytes_are_announced,
    },
)
