"""Every claim of every case, on each target the case stores, and every invariant of the passes that it goes through:
what must hold whatever the goldens say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lowering import LANE, stored_pairs, trace_of
from tests.passes.known_violations import unexpected
from tl_passlab.cases import load_case
from tl_passlab.model import CaseInfo, Target

# Beside the claims of a case, so that a worker that has lowered it once is done with it.
INVARIANTS = "invariants"


def claim_parameters() -> list[Any]:
    return [
        pytest.param(case, target, claim, id=f"{claim}-{case.stem}-{target.slug}")
        for case, target in stored_pairs()
        for claim in (*case.claims, INVARIANTS)
        if not case.reason_known_broken(claim, LANE.tilelang)  # tests/test_regressions.py expects those to fail
    ]


@pytest.mark.parametrize(("case", "target", "claim"), claim_parameters())
def test_claim(case: CaseInfo, target: Target, claim: str) -> None:
    trace = trace_of(case.name, target.spec)
    if claim == INVARIANTS:
        assert unexpected(trace) == {}, (
            f"next: passlab run PASS {case.name} --target {target.spec} --with-prerequisites"
        )
    else:
        load_case(case.name).claims[claim](trace)


def test_claim_exists_for_every_case() -> None:
    assert [case.name for case, _ in stored_pairs() if not case.claims and not case.rejected] == []
