"""Inputs and reference of every case hold at every shape that a device run asks for."""

from __future__ import annotations

import pytest

from tests.lowering import LANE
from tl_passlab.cases import find_cases, load_case
from tl_passlab.model import CaseInfo
from tl_passlab.parity.inputs import make_inputs
from tl_passlab.parity.plan import Choice, steps

COMPARED = [
    info
    for info in find_cases()
    if "def inputs(" in info.path.read_text(encoding="utf-8") and (not info.lanes or LANE.tilelang in info.lanes)
]


@pytest.mark.parametrize("info", COMPARED, ids=lambda info: info.stem)
def test_reference_holds_at_every_shape(info: CaseInfo) -> None:
    case = load_case(info.name)
    for step in steps(info, Choice(seeds=1)):
        inputs = make_inputs(case, step.sizes, step.seed, step.profile)
        if inputs is not None and case.reference is not None:
            assert not any(value.isnan().any() for value in case.reference(**inputs).values()), step
