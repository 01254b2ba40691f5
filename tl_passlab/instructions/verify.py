"""Holds the table against the generated source: every instruction it claims must stand there, as often as claimed.

Pure text. Two more things are held against it: that following the operators left the source as it was, and what
upstream itself says of an operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tl_passlab.instructions.rows import Row, Store
from tl_passlab.passes.own.instruction_kinds import spelling

# What upstream's InstructionAnnotation calls the kinds it knows.
_UPSTREAM_KINDS: Mapping[str, tuple[str, ...]] = {
    "tma": ("tma", "tma gather4", "tma scatter4"),
    "cp_async": ("cp.async",),
    "wgmma": ("wgmma",),
    "tcgen5mma": ("tcgen05",),
    "mma": ("mma",),
    "mfma": ("mfma",),
    "scalar": ("fma",),
}
# The instructions that its "sync" does not include.
_NOT_SYNC = ("tma", "tma gather4", "tma scatter4", "cp.async")
# What the GEMM selector calls them.
_SELECTED: Mapping[str, str] = {
    "cuda.mma": "mma",
    "cuda.wgmma": "wgmma",
    "cuda.tcgen05": "tcgen05",
    "rocm.mfma": "mfma",
    "rocm.wmma": "wmma",
    "metal.simdgroup": "simdgroup",
    "metal.cooperative_tensor": "cooperative tensor",
    "cpu.scalar": "fma",
}


def skeleton(source: str) -> str:
    """The source without the ordinals that tell variables of one name apart: upstream numbers them at random for some
    kernels."""
    return re.sub(r"(?<=[A-Za-z])_\d+\b", "", source)


def same_source(followed: str, plain: str) -> list[str]:
    """A problem where following the operators has changed what is generated; none when the sources agree."""
    if skeleton(followed) == skeleton(plain):
        return []
    ours, theirs = skeleton(followed).splitlines(), skeleton(plain).splitlines()
    first = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    return [
        f"following the operators changed the generated source, first in line {first + 1}: the table is not reliable"
    ]


def missing_from_source(source: str, target_kind: str, everything: Mapping[str, int], rows: Iterable[Row]) -> list[str]:
    """The claims that the source does not bear out. `everything` counts the instructions of the whole kernel."""
    problems = []
    claimed = dict.fromkeys(name for row in rows for name in row.emitted)
    for name in claimed:
        pattern = spelling(name, target_kind)
        if not pattern:
            continue
        found = len(re.findall(pattern, source))
        if found != everything[name]:
            problems.append(f"{name}: {everything[name]} in the lowered IR, {found} in the generated source")
    for row in rows:
        if not row.emitted:
            problems += [
                f"{row.operator} {row.operands}: no store of {store.dtype} to {store.target} in the generated source"
                for store in row.stores
                if not _stored(source, store)
            ]
    return problems


def _stored(source: str, store: Store) -> bool:
    """Whether a store to that variable stands in the source, as a vector when it is one.

    A vector goes through a pointer cast (`*(uint4*)(C + ...) = `) or a function
    (`tl::store_global_256(&(C[...]), ...)`); a lone element through an index.
    """
    name = re.escape(re.sub(r"_\d+$", "", store.target)) + r"(?:_\d+)?\b"
    if store.lanes > 1:
        if re.search(rf"\*\([\w ]*\*\)\(.*\b{name}.* = |tl::store_\w+\(.*\b{name}", source):
            return True
        # Metal gives the variable itself a vector type, where every access is one.
        if not re.search(rf"\b\w+{store.lanes}\*? (?:__restrict(?:__)? )?{name}", source):
            return False
    return re.search(rf"\b{name}.*\] *[-+*/|&^]?= ", source) is not None


def disagreements(rows: Iterable[Row]) -> list[str]:
    """Where upstream's annotation or its GEMM selector says otherwise than what was emitted."""
    found = []
    for row in rows:
        where = f"line {row.line}: " if row.line else ""
        if row.upstream and not _agrees(row.upstream, row.kind):
            found.append(f"{where}{row.operator} {row.operands}: upstream annotates {row.upstream}, emits {row.kind}")
        if row.selector and _SELECTED.get(row.selector, row.selector) != row.kind:
            found.append(f"{where}{row.operator} {row.operands}: upstream selects {row.selector}, emits {row.kind}")
    return found


def _agrees(annotated: str, kind: str) -> bool:
    if annotated == "sync":
        return kind not in _NOT_SYNC
    return kind in _UPSTREAM_KINDS.get(annotated, (annotated,))
