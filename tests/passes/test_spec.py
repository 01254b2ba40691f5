"""What a pass is called on a lane, and since when it is gone."""

from __future__ import annotations

import pytest

from tl_passlab.errors import UsageError
from tl_passlab.passes import PASSES, PassSpec


def test_name_in_a_lane_that_has_the_pass() -> None:
    assert PASSES["LayoutInference"].name_in("0.1.11") == "LayoutInference"
    assert PassSpec("New", "x", renamed={"0.1.11": "Old"}).name_in("0.1.11") == "Old"


def test_name_in_a_lane_that_lost_the_pass_says_what_replaced_it() -> None:
    with pytest.raises(UsageError, match=r"gone since 0\.1\.12") as caught:
        PASSES["InstructionAnnotation"].name_in("0.1.15")
    assert PASSES["InstructionAnnotation"].replaced_by in caught.value.why
    assert PASSES["InstructionAnnotation"].name_in("0.1.11") == "InstructionAnnotation"


def test_name_in_a_lane_before_the_pass_says_since_when() -> None:
    with pytest.raises(UsageError, match=r"exists since 0\.1\.12"):
        PASSES["MaterializeKernelLaunch"].name_in("0.1.11")


@pytest.mark.parametrize(
    ("lane", "exists"), [("0.1.9", False), ("0.1.10", True), ("0.1.11", True), ("0.1.12", False), ("0.1.15", False)]
)
def test_exists_between_since_and_gone(lane: str, exists: bool) -> None:
    assert PassSpec("X", "x", since="0.1.10", gone="0.1.12").exists_in(lane) is exists
