"""Invariants that upstream's own passes break, on the cases of the regression corpus; every other one must hold."""

from __future__ import annotations

from tl_passlab.model import Trace
from tl_passlab.passes import PASSES

_ROLES = "ProducerConsumerWarpSpecialized"
_WITH_TMA = ("cuda:sm_90a", "cuda:sm_100a")
# Case, target -> pass and invariant. The day upstream mends one, the test that expects it says so.
KNOWN: dict[tuple[str, str], frozenset[tuple[str, str]]] = {
    # Upstream issue 2668.
    ("regressions/read_then_overwrite", "cuda:sm_80"): frozenset(
        {
            ("InjectSoftwarePipeline", "a committed group is awaited before its data is read"),
            ("LowerTileOp", "every asynchronous copy has a wait"),
        }
    ),
    **{
        ("regressions/read_then_overwrite", target): frozenset(
            {
                (_ROLES, "the consumer reads the version that was filled for it"),
                (_ROLES, "every shared buffer of the loop has num_stages versions"),
            }
        )
        for target in _WITH_TMA
    },
    **{
        ("regressions/arrivals_of_added_threads", target): frozenset(
            {(_ROLES, "one full and one empty mbarrier per stage")}
        )
        for target in _WITH_TMA
    },
}


def unexpected(trace: Trace) -> dict[str, list[str]]:
    """Pass and invariant -> evidence, of those that do not hold and are not known; of the known ones those that do.

    A lowering that fails is no code, whatever passes before the last one did to it.
    """
    if trace.failure is not None:
        return {}
    failed: dict[tuple[str, str], list[str]] = {}
    for boundary in trace.boundaries:
        spec = PASSES.get(boundary.pass_name)
        if spec is None or not boundary.changed or not spec.checks:
            continue
        for verdict in spec.verdicts(trace.texts[boundary.before], trace.texts[boundary.after]):
            if verdict.status == "fail":
                failed.setdefault((spec.name, verdict.subject), []).extend(verdict.detail.splitlines())
            elif verdict.status == "skipped" and verdict.subject in spec.checks:
                failed.setdefault((spec.name, verdict.subject), []).append(verdict.reason)
    known = KNOWN.get((trace.case, trace.target), frozenset())
    mended = {f"{name}: {invariant}": ["holds now: take it off the list"] for name, invariant in known - set(failed)}
    return {
        f"{name}: {invariant}": said for (name, invariant), said in failed.items() if (name, invariant) not in known
    } | mended
