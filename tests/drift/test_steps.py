"""Two pipelines laid side by side."""

from __future__ import annotations

from tests.traces import make_trace
from tl_passlab.drift.steps import Step, align, only_in_one


def steps(before: str, after: str) -> list[Step]:
    """The steps of two pipelines given as `Simplify LowerTileOp`."""
    old, new = (make_trace(*((name, "a\n", "a\n") for name in names.split())) for names in (before, after))
    return align(old, new)


def shown(found: list[Step]) -> list[str]:
    return [f"{s.before[0].name if s.before else '-'} | {s.after[0].name if s.after else '-'}" for s in found]


def test_equal_pipelines_match_one_to_one() -> None:
    found = steps("Simplify Lower Simplify", "Simplify Lower Simplify")
    assert shown(found) == ["Simplify | Simplify", "Lower | Lower", "Simplify.2 | Simplify.2"]
    assert only_in_one(found) == ((), ())


def test_an_inserted_pass_shifts_occurrences_and_not_the_match() -> None:
    found = steps("Simplify Lower Simplify", "Simplify Unroll Simplify Lower Simplify")
    assert shown(found)[-2:] == ["Lower | Lower", "Simplify.2 | Simplify.3"]
    assert sum(not step.shared for step in found) == 2


def test_a_replaced_pass_is_two_steps() -> None:
    found = steps("Simplify LayoutReducer Lower", "Simplify ReducerPlan Lower")
    assert shown(found) == ["Simplify | Simplify", "LayoutReducer | -", "- | ReducerPlan", "Lower | Lower"]
    assert only_in_one(found) == (("LayoutReducer",), ("ReducerPlan",))


def test_passes_of_two_libraries_do_not_match() -> None:
    assert shown(steps("Simplify", "tirx.Simplify")) == ["Simplify | -", "- | tirx.Simplify"]
