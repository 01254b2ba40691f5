"""Every claim of every case, on each target the case stores: what must hold whatever the goldens say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lowering import LANE, stored_pairs, trace_of
from tl_passlab.cases import load_case
from tl_passlab.model import CaseInfo, Target


def claim_parameters() -> list[Any]:
    return [
        pytest.param(case, target, claim, id=f"{claim}-{case.stem}-{target.slug}")
        for case, target in stored_pairs()
        for claim in case.claims
        if not case.reason_known_broken(claim, LANE.tilelang)  # tests/test_regressions.py expects those to fail
    ]


@pytest.mark.parametrize(("case", "target", "claim"), claim_parameters())
def test_claim(case: CaseInfo, target: Target, claim: str) -> None:
    load_case(case.name).claims[claim](trace_of(case.name, target.spec))


def test_claim_exists_for_every_case() -> None:
    assert [case.name for case, _ in stored_pairs() if not case.claims and not case.rejected] == []
