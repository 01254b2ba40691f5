"""Every case on every supported target it stores no golden for: it must lower, or fail as its NOT_ON says, and the
passes that it goes through must keep their invariants."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lowering import CASES, LANE, TARGETS, stored_pairs, trace_of
from tests.passes.known_violations import unexpected
from tl_passlab.model import CaseInfo, Target


def pairs() -> list[Any]:
    stored = {(case.name, target.spec) for case, target in stored_pairs()}
    return [
        pytest.param(case, target, id=f"{case.stem}-{target.slug}")
        for case in CASES
        for target in TARGETS
        if (case.name, target.spec) not in stored and (not case.lanes or LANE.tilelang in case.lanes)
    ]


@pytest.mark.parametrize(("case", "target"), pairs())
def test_lowers(case: CaseInfo, target: Target) -> None:
    trace = trace_of(case.name, target.spec)
    failure = trace.failure
    reason = case.reason_not_on(target, LANE.tilelang)
    if reason or case.rejected_on(target, LANE.tilelang):
        assert failure is not None, f"{case.name} lowers for {target.spec} now; its NOT_ON is stale: {reason}"
    else:
        assert failure is None, f"{failure.pass_name}: {failure.message}"
    assert unexpected(trace) == {}, f"next: passlab run PASS {case.name} --target {target.spec} --with-prerequisites"


def test_rejection_says_what_the_case_expects() -> None:
    for case, target in stored_pairs():
        expected = case.rejected_on(target, LANE.tilelang)
        if expected:
            failure = trace_of(case.name, target.spec).failure
            assert failure is not None, f"{case.name} is accepted for {target.spec} now"
            assert expected in failure.message
