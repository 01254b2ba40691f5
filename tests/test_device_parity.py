"""Every case on every target that a device here can run: one test for each, skipped with the exact reason elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lowering import LANE
from tl_passlab.parity.known import always_wrong, finding
from tl_passlab.parity.outcome import Outcome
from tl_passlab.parity.plan import Choice, Pair, plan
from tl_passlab.parity.render import failure_text
from tl_passlab.parity.session import Job, run_job


def parameters() -> list[Any]:
    return [
        pytest.param(pair, id=f"{pair.runner}-{pair.target.slug}-{pair.case.stem}", marks=_marks(pair))
        for pair in plan(Choice())
    ]


def _marks(pair: Pair) -> list[Any]:
    marks: list[Any] = [pytest.mark.device(pair.target.spec)]
    page = finding(pair.case.name, pair.target.spec, LANE.tilelang)
    if pair.skipped:
        marks.append(pytest.mark.skip(reason=pair.skipped))
    elif page:
        # Strict where it can be: a kernel that is right again must leave the list.
        marks.append(pytest.mark.xfail(reason=page, strict=always_wrong(pair.case.name)))
    return marks


@pytest.mark.timeout(900)
@pytest.mark.parametrize("pair", parameters())
def test_parity(pair: Pair) -> None:
    outcomes: list[Outcome] = list(run_job(Job(pair.case.name, pair.target, pair.runner, pair.steps)))
    failed = [outcome for outcome in outcomes if outcome.failed]
    assert outcomes
    if failed:
        pytest.fail("\n".join(failure_text(outcome) for outcome in failed[:3]), pytrace=False)
