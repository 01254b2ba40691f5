"""What capturing the text at every pass boundary costs over a bare `tilelang.lower`. Aim: under 1.5x."""

from __future__ import annotations

from functools import partial

from _interleaved import interleaved, median_ms, median_ratio

from tl_passlab.capture import capture
from tl_passlab.cases import load_case
from tl_passlab.compat import lowering
from tl_passlab.model import Case, Target
from tl_passlab.targets import parse_target

CASE = "pipeline/gemm_pipelined"
TARGETS = ("cuda:sm_90a", "cuda:sm_80", "metal")
ROUNDS = 15


def bare(case: Case, target: Target) -> None:
    """Build and lower, as `capture` does, and record nothing."""
    with lowering.pass_context(target, case.pass_configs):
        func = case.build(**case.info.sizes)
    lowering.lower(func, target, case.pass_configs)


def main() -> None:
    """Print one row for each target."""
    case = load_case(CASE)
    print(f"{CASE}, {ROUNDS} rounds\n{'target':<12} {'bare ms':>8} {'capture ms':>11} {'ratio':>6}  aim 1.50")
    for spec in TARGETS:
        target = parse_target(spec)

        contenders = {"bare": partial(bare, case, target), "capture": partial(capture, case, target)}
        times = interleaved(contenders, ROUNDS)
        ratio = median_ratio(times, "capture", "bare")
        print(f"{spec:<12} {median_ms(times, 'bare'):>8.1f} {median_ms(times, 'capture'):>11.1f} {ratio:>6.2f}")


if __name__ == "__main__":
    main()
