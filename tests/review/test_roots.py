"""The walk along the pipeline: where two lowerings part, where they meet again, and who is to blame in between."""

from __future__ import annotations

import dataclasses

import pytest

from tests.review.synthetic import WATCH, lower
from tl_passlab.goldens import golden_content
from tl_passlab.goldens.roots import SEQUENCE, Place, places
from tl_passlab.model import Boundary, Trace


def walk(stored: Trace, fresh: Trace, watch: tuple[str, ...] = WATCH) -> dict[str, Place]:
    return places(fresh, watch, lambda name: golden_content(stored, name))


def kinds(found: dict[str, Place]) -> dict[str, str]:
    return {name.rpartition(".")[0]: place.kind for name, place in found.items()}


def without(trace: Trace, name: str) -> Trace:
    return dataclasses.replace(trace, boundaries=tuple(b for b in trace.boundaries if b.name != name))


def test_equal_lowerings_have_no_root() -> None:
    assert set(kinds(walk(lower(0), lower(0))).values()) == {"same"}


def test_root_is_where_equal_input_gives_other_output() -> None:
    found = walk(lower(0), lower(0, frozenset({"layout"})))
    assert kinds(found)["PipelinePlanning"] == "same"
    assert kinds(found)["LayoutInference"] == "behaviour"
    assert kinds(found)["LowerTileOp"] == kinds(found)["kernel"] == "drift"
    assert {root.pass_name for place in found.values() for root in place.roots} == {"LayoutInference"}


def test_lowerings_that_meet_again_are_the_same_from_there() -> None:
    fresh = lower(0, frozenset({"layout"}))
    good, mended = lower(0), []
    for b in fresh.boundaries:
        twin = good.boundary(b.name)
        mended.append(b if b.name == "LayoutInference" else twin)
    fresh = dataclasses.replace(
        fresh, boundaries=tuple(mended), texts={**good.texts, **fresh.texts}, source=good.source
    )
    found = kinds(walk(good, fresh))
    assert (found["LayoutInference"], found["LowerTileOp"], found["kernel"]) == ("behaviour", "same", "same")


def test_unwatched_pass_is_blamed_by_its_line_in_the_pipeline() -> None:
    fresh = lower(0, frozenset({"cast"}))
    found = walk(lower(0), fresh)
    assert kinds(found)["LayoutInference"] == "drift"
    assert [root.pass_name for root in found["LayoutInference.diff"].roots] == ["Simplify"]


def test_cause_without_a_line_is_before_the_pass_that_shows_it() -> None:
    fresh = lower(0, frozenset({"cast"}))
    found = places(fresh, WATCH, lambda name: golden_content(fresh if name == "pipeline.txt" else lower(0), name))
    assert [root.pass_name for root in found["LayoutInference.diff"].roots] == ["before LayoutInference"]


def test_kernel_that_alone_differs_comes_from_code_generation() -> None:
    fresh = dataclasses.replace(lower(0), source=lower(0).source.replace("tl::", "cute::"))
    found = walk(lower(0), fresh)
    assert [root.pass_name for root in found["kernel.cu"].roots] == ["code generation"]


def test_idle_pass_inserted_upstream_concerns_the_pipeline_only() -> None:
    first = lower(0).boundaries[0]
    idle = Boundary("VerifySomething", 9, 0, None, first.before, first.before, 0.1)
    found = walk(lower(0), dataclasses.replace(lower(0), boundaries=(idle, *lower(0).boundaries)))
    assert {name for name, place in found.items() if place.kind != "same"} == {"pipeline.txt"}
    assert found["pipeline.txt"].roots[0].pass_name == SEQUENCE
    assert found["pipeline.txt"].roots[0].shape == ("+ VerifySomething",)


def renamed(trace: Trace, names: dict[str, str]) -> Trace:
    boundaries = (dataclasses.replace(b, name=names.get(b.name, b.name)) for b in trace.boundaries)
    return dataclasses.replace(trace, boundaries=tuple(boundaries))


def test_inserted_pass_does_not_blame_those_it_renumbers() -> None:
    stored = renamed(lower(0), {"ThreadSync": "Simplify.2"})
    later = renamed(lower(0), {"Simplify": "Simplify.2", "ThreadSync": "Simplify.3"})
    idle = dataclasses.replace(stored.boundaries[0], name="Simplify", after=stored.boundaries[0].before)
    fresh = dataclasses.replace(later, boundaries=(idle, *later.boundaries))
    (root,) = walk(stored, fresh, ("LayoutInference",))["pipeline.txt"].roots
    assert (root.pass_name, root.shape) == (SEQUENCE, ("+ Simplify",))


def test_inserted_pass_that_changes_the_ir_is_one_cause() -> None:
    stored = without(lower(0, frozenset({"cast"})), "Simplify")
    found = walk(stored, lower(0, frozenset({"cast"})))
    assert [root.pass_name for root in found["LayoutInference.diff"].roots] == []
    changed = walk(without(lower(0), "Simplify"), lower(0, frozenset({"cast"})))
    assert [root.pass_name for root in changed["LayoutInference.diff"].roots] == ["Simplify"]
    assert [root.pass_name for root in changed["pipeline.txt"].roots] == [SEQUENCE]


def test_watched_pass_that_no_longer_runs_is_missing() -> None:
    found = walk(lower(0), without(lower(0), "ThreadSync"))
    assert found["ThreadSync.diff"].kind == "missing"


def test_pass_that_is_gone_is_blamed_for_what_differs_after_it() -> None:
    stored = lower(0, frozenset({"cast"}))
    fresh = without(lower(0), "Simplify")
    found = walk(stored, fresh)
    assert [root.pass_name for root in found["LayoutInference.diff"].roots] == ["Simplify"]


@pytest.mark.parametrize("change", ["layout", "stages"])
def test_own_edits_are_those_the_input_does_not_show(change: str) -> None:
    alone = walk(lower(0), lower(0, frozenset({change})))["ThreadSync.diff"]
    both = walk(lower(0), lower(0, frozenset({change, "sync"})))["ThreadSync.diff"]
    assert alone.own == ()
    assert both.own != ()
