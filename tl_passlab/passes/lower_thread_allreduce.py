"""LowerThreadAllreduce: writes out a reduction across threads as warp shuffles, and shared memory between warps.

What it does: TVM's `tvm_thread_allreduce` becomes a tree of `tvm_warp_shuffle_down` within a warp, a staging buffer in
shared memory where several warps take part, and a broadcast of the result. T.reduce does not come by here: LowerTileOp
calls TileLang's own `tl::AllReduce` for it.

Example input:
    T.tvm_thread_allreduce(T.uint32(1), A[tx], T.bool(True), total[0], tx)
Example output:
    red_buf0[0] = A[tx]
    t0[0] = T.tvm_warp_shuffle_down(mask[0], red_buf0[0], 16, 32, 32)
    red_buf0[0] = red_buf0[0] + t0[0]
    ...

Invariants after: no tvm_thread_allreduce is left; a shuffle tree of a warp halves its distance at each step, down to 1.
"""

from __future__ import annotations

import re

from tl_passlab.passes.lines import call_count
from tl_passlab.passes.spec import PassSpec

_SHUFFLE = re.compile(r"T\.tvm_warp_shuffle_down\([^\n]*?, (\d+), (\d+), (\d+)\)$", re.MULTILINE)


def remark(before: str, after: str) -> str:
    """`1 reduction, 5 shuffles`."""
    count = call_count(before, "tvm_thread_allreduce") - call_count(after, "tvm_thread_allreduce")
    shuffles = len(_SHUFFLE.findall(after)) - len(_SHUFFLE.findall(before))
    return f"{count} reduction{'s' if count > 1 else ''}, {shuffles} shuffles" if count else ""


def none_left(before: str, after: str) -> list[str]:
    """Violations of: no tvm_thread_allreduce is left."""
    del before
    count = call_count(after, "tvm_thread_allreduce")
    return [f"{count} tvm_thread_allreduce left"] if count else []


def trees_are_whole(before: str, after: str) -> list[str]:
    """Violations of: the distances of a shuffle tree halve down to 1."""
    del before
    distances = [int(distance) for distance, _, _ in _SHUFFLE.findall(after)]
    found = []
    for this, following in zip(distances, [*distances, 0][1:], strict=True):
        starts_anew = this == 1
        if not starts_anew and following * 2 != this:
            found.append(f"a shuffle by {this} is followed by one by {following}")
    return found


SPEC = PassSpec(
    name="LowerThreadAllreduce",
    summary="lower reductions across threads",
    requires=("tirx.BindTarget", "FlattenBuffer"),
    invariants=("no tvm_thread_allreduce is left", "a shuffle tree halves its distance down to 1"),
    remark=remark,
    checks={
        "no tvm_thread_allreduce is left": none_left,
        "a shuffle tree halves its distance down to 1": trees_are_whole,
    },
)
