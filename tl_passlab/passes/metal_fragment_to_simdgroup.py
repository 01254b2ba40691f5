"""MetalFragmentToSimdgroup: moves the accumulators of a Metal GEMM from fragments into simdgroup matrices.

What it does: a `local.fragment` buffer that is the accumulator of a gemm changes its scope to `metal.simdgroup`, so
that LowerTileOp emits simdgroup_multiply_accumulate on 8x8 tiles. It is a Python pass object, not a factory.

Example input:
    C_local = T.sblock_alloc_buffer((64, 64), scope="local.fragment")
Example output:
    C_local = T.sblock_alloc_buffer((64, 64), scope="metal.simdgroup")

Invariants after: every gemm accumulator is in simdgroup matrices, and nothing but its scope changed; it is made of
whole 8x8 matrices, as many for each simdgroup.
"""

from __future__ import annotations

import math
import re

from tl_passlab.layouts.find import Declared, declared_in
from tl_passlab.passes.spec import PassSpec

FRAGMENT, SIMDGROUP = "local.fragment", "metal.simdgroup"
_SIDE, _THREADS = 8, 32
_GEMM = re.compile(r"T\.gemm\(T\.region\(.*?T\.region\(.*?T\.region\((\w+)\[")
_LAUNCH = re.compile(r'T\.launch_thread\("threadIdx\.\w", (\d+)\)')


def remark(before: str, after: str) -> str:
    """`1 accumulator in simdgroup matrices`."""
    count = after.count(f'scope="{SIMDGROUP}"') - before.count(f'scope="{SIMDGROUP}"')
    return f"{count} accumulator(s) in simdgroup matrices" if count else ""


def accumulators_are_moved(before: str, after: str) -> list[str]:
    """Violations of: no accumulator of a gemm remains in a fragment."""
    del before
    declared = declared_in(after)
    names = dict.fromkeys(_GEMM.findall(after))
    return [f"{name} is in {FRAGMENT}" for name in names if name in declared and declared[name].scope == FRAGMENT]


def only_accumulators_move(before: str, after: str) -> list[str]:
    """Violations of: a buffer that is no accumulator keeps its scope."""
    return [f"{buffer.name} is no accumulator" for buffer in _moved(before, after) if not _accumulates(after, buffer)]


def nothing_else_changes(before: str, after: str) -> list[str]:
    """Violations of: but for that scope, the text is the input's."""
    bare = [text.replace(f'"{SIMDGROUP}"', f'"{FRAGMENT}"').splitlines() for text in (before, after)]
    if len(bare[0]) != len(bare[1]):
        return [f"{len(bare[0])} lines before, {len(bare[1])} after"]
    return [f"{a.strip()} became {b.strip()}" for a, b in zip(*bare, strict=True) if a != b][:3]


def whole_matrices(before: str, after: str) -> list[str]:
    """Violations of: an accumulator is made of whole 8x8 matrices, so its elements are a multiple of 64."""
    return [
        f"{buffer.name} is {' x '.join(buffer.shape)}, no multiple of {_SIDE} x {_SIDE}"
        for buffer in _moved(before, after)
        if any(not size.isdigit() or int(size) % _SIDE for size in buffer.shape[-2:])
    ]


def tiles_are_shared_out(before: str, after: str) -> list[str]:
    """Violations of: the simdgroups of a block cover an accumulator with as many matrices each."""
    groups = math.prod(map(int, _LAUNCH.findall(after))) // _THREADS or 1
    found = []
    for buffer in _moved(before, after):
        matrices = math.prod(int(size) for size in buffer.shape if size.isdigit()) // _SIDE**2
        if matrices % groups:
            found.append(f"{buffer.name} has {matrices} matrices for {groups} simdgroups")
    return found


def _moved(before: str, after: str) -> list[Declared]:
    """The buffers that changed their scope."""
    old = declared_in(before)
    found = declared_in(after)
    return [b for name, b in found.items() if name in old and old[name].scope != b.scope]


def _accumulates(text: str, buffer: Declared) -> bool:
    return buffer.name in _GEMM.findall(text)


CHECKS = {
    "every gemm accumulator is in simdgroup matrices": accumulators_are_moved,
    "only gemm accumulators change scope": only_accumulators_move,
    "nothing but the scope changes": nothing_else_changes,
    "an accumulator is made of whole 8x8 matrices": whole_matrices,
    "every simdgroup has as many matrices of an accumulator": tiles_are_shared_out,
}

SPEC = PassSpec(
    name="MetalFragmentToSimdgroup",
    summary="move the accumulators of a Metal GEMM into simdgroup matrices",
    kinds=("metal",),
    requires=("tirx.BindTarget", "InjectSoftwarePipeline"),
    invariants=tuple(CHECKS),
    remark=remark,
    checks=CHECKS,
)
