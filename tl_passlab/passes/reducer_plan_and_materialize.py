"""ReducerPlanAndMaterialize: turns reducers, which have no storage, into fragments and ordinary statements.

What it does: between T.reducer_init and T.finalize_reducer a reducer collects contributions of all threads. After
LayoutInference has decided which thread does what, the pass decides where partial results live, how many times each
update runs (`tl.parallel_multiplicity`) and how the partial results meet, and writes that out: init becomes a fill,
update an assignment, finalize an all-reduce and a copy.

Example input:
    T.reducer_init(T.region(total[0], 2, 64))
    T.reducer_update(total[i], A[i, j])
    T.finalize_reducer_v2(T.region(total[0], 3, 64), T.region(result[0], 2, 64))
Example output:
    T.fill(T.region(total[0], 2, 64), T.float32(0.0))
    T.attr(total.data, "tl.parallel_multiplicity", 1);  total[i] = total[i] + A[i, j]
    T.finalize_reducer(T.region(total[0], 3, 64), 0)
    T.copy(T.region(total[0], 1, 64), T.region(result[0], 2, 64))

Invariants after: no buffer is in scope local.reducer; no reducer operation of the second design is left; as many epochs
end as began.
"""

from __future__ import annotations

import re

from tl_passlab.passes.lines import call_count
from tl_passlab.passes.spec import PassSpec

_OPERATIONS = ("reducer_init", "reducer_update", "finalize_reducer_v2")


def remark(before: str, after: str) -> str:
    """`1 reducer`."""
    count = len(_reducers(before)) - len(_reducers(after))
    return f"{count} reducer{'s' if count > 1 else ''}" if count else ""


def _reducers(text: str) -> set[str]:
    return set(re.findall(r'(\w+) = T\.sblock_alloc_buffer\([^\n]*scope="local\.reducer"', text))


def none_left(before: str, after: str) -> list[str]:
    """Violations of: no reducer, and no operation on one, is left."""
    del before
    found = [f"{name} is still in scope local.reducer" for name in sorted(_reducers(after))]
    return found + [f"T.{name} is left" for name in _OPERATIONS if call_count(after, name)]


def epochs_end(before: str, after: str) -> list[str]:
    """Violations of: as many epochs end after the pass as before it."""
    old, new = call_count(before, "finalize_reducer_v2"), call_count(after, "finalize_reducer")
    new -= call_count(before, "finalize_reducer")
    # An epoch whose partial results are complete in each thread needs no collective.
    copies = call_count(after, "copy") - call_count(before, "copy")
    return [] if max(new, copies) == old else [f"{old} epochs end before, {max(new, copies)} after"]


SPEC = PassSpec(
    name="ReducerPlanAndMaterialize",
    summary="plan and emit reducers",
    since="0.1.14",
    requires=("tirx.BindTarget", "LayoutInference"),
    invariants=("no reducer and no operation on one is left", "as many epochs end as before"),
    remark=remark,
    checks={"no reducer and no operation on one is left": none_left, "as many epochs end as before": epochs_end},
)
