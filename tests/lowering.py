"""What the tests on real kernels share: which case runs where, and one lowering for each case and target."""

from __future__ import annotations

import functools

from tl_passlab import lanes
from tl_passlab.capture import capture
from tl_passlab.cases import find_cases, load_case
from tl_passlab.isolation import trace_in_child
from tl_passlab.model import CaseInfo, Target, Trace
from tl_passlab.targets import SUPPORTED, parse_target

LANE = lanes.running_lane()[0]
CASES = find_cases()
TARGETS = [parse_target(spec) for spec in SUPPORTED]


def stored_pairs() -> list[tuple[CaseInfo, Target]]:
    """Every case with every target it stores goldens for, on this lane."""
    pairs = [(case, parse_target(spec)) for case in CASES for spec in (*case.targets, *case.rejected)]
    seen: dict[tuple[str, str], tuple[CaseInfo, Target]] = {}
    for case, target in pairs:
        if not case.reason_not_on(target, LANE.tilelang):
            seen.setdefault((case.name, target.spec), (case, target))
    return list(seen.values())


# A worker runs a case's tests one after the other: a few traces are enough, and a trace is up to a megabyte.
@functools.lru_cache(maxsize=8)
def trace_of(name: str, spec: str) -> Trace:
    """The lowering of a case for a target, once in this process; of one that must crash, in a child."""
    case, target = load_case(name), parse_target(spec)
    crashes = "SIG" in case.info.rejected_on(target, LANE.tilelang)
    return trace_in_child(name, target, {}) if crashes else capture(case, target)
