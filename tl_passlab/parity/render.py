"""The verdicts as text: one line for a pair, the whole story for a failure."""

from __future__ import annotations

from collections.abc import Sequence

from tl_passlab.parity.known import finding
from tl_passlab.parity.outcome import PASS, Difference, Element, Outcome


def pair_line(outcomes: Sequence[Outcome], width: int) -> str:
    """`pipeline/gemm_pipelined  cuda:sm_90a  pass  12 of 12  error 0.21 of bound  compiled in 2.0 s`."""
    first = outcomes[0]
    good = sum(outcome.kind == PASS for outcome in outcomes)
    kinds = list(dict.fromkeys(outcome.kind for outcome in outcomes if outcome.failed))
    largest = max(outcome.ratio for outcome in outcomes)
    compiled = max(outcome.compile_s for outcome in outcomes)
    head = f"{first.case:<{width}}  {first.target:<12}  {', '.join(kinds) or 'pass':<14}  {good} of {len(outcomes)}"
    page = finding(first.case, first.target, first.lane) if kinds else ""
    return f"{head}  error {largest:.3g} of bound  compiled in {compiled:.1f} s{'  known: ' if page else ''}{page}"


def failure_text(outcome: Outcome) -> str:
    """Everything known of a failure, ending with the command that repeats it."""
    step = outcome.step
    sizes = ", ".join(f"{name}={value}" for name, value in step.sizes.items())
    lines = [
        f"parity  {outcome.case}  {outcome.target}  {outcome.kind}: {outcome.reason}",
        f"  {step.variant}: {sizes}; {step.profile} values, seed {step.seed}; {outcome.device or 'no device'}",
    ]
    lines += [f"  {line}" for d in outcome.differences if d.wrong for line in _difference(d)]
    lines += [f"  {line}" for line in outcome.detail.splitlines()]
    return "\n".join([*lines, f"next: {outcome.replay}"])


def _difference(d: Difference) -> list[str]:
    lines = [
        f"{d.output}: max abs {d.max_abs:.3g}, max rel {d.max_rel:.3g}, max ulp {d.max_ulp:.3g}, "
        f"cosine {d.cosine:.9f}, error {d.ratio:.3g} of bound"
    ]
    if d.first is not None:
        lines.append(f"first {_element(d.first)}")
    if d.worst is not None and d.worst != d.first:
        lines.append(f"worst {_element(d.worst)}")
    return [*lines, *d.error_map.splitlines()]


def _element(e: Element) -> str:
    tile = f" in tile {list(e.tile)}" if e.tile else ""
    return f"{list(e.index)}{tile}: {e.got:.9g}, expected {e.want:.9g} +- {e.bound:.2g}"
