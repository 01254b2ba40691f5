"""The nouns: finding a boundary by name, and where a case does not apply."""

from __future__ import annotations

import dataclasses

import pytest

from tests.traces import make_case, make_trace
from tl_passlab.targets import parse_target

TRACE = make_trace(("tl.Simplify", "a\n", "b\n"), ("tirx.Simplify", "b\n", "c\n"), ("tl.Simplify", "c\n", "c\n"))


def test_boundary_is_found_in_any_case_and_with_tl() -> None:
    assert TRACE.before("tl.simplify") == "a\n" and TRACE.after("SIMPLIFY.2") == "c\n"
    assert TRACE.after("tirx.Simplify") == "c\n" and TRACE.before("tirx.Simplify") == "b\n"


def test_boundary_that_did_not_run_is_a_key_error() -> None:
    with pytest.raises(KeyError, match=r"Simplify\.3"):
        TRACE.after("Simplify.3")


def test_changed_is_about_the_text() -> None:
    assert [b.changed for b in TRACE.pipeline()] == [True, True, False]


def test_pass_name_keeps_the_prefix_and_drops_the_occurrence() -> None:
    names = [b.pass_name for b in make_trace(("tirx.A", "", ""), ("tirx.A", "", ""), ("tl.B", "", "")).pipeline()]
    assert names == ["tirx.A", "tirx.A", "B"]


def test_case_with_lanes_exists_on_those_only() -> None:
    case = dataclasses.replace(make_case(), lanes=("0.1.15",))
    assert case.reason_not_on(parse_target("metal"), "0.1.15") == ""
    assert "0.1.15 only" in case.reason_not_on(parse_target("metal"), "0.1.11")


def test_rejection_is_by_spec_before_kind() -> None:
    case = dataclasses.replace(make_case(), rejected={"cuda": "never", "cuda:sm_80": "not there"})
    assert case.rejected_on(parse_target("cuda:sm_80")) == "not there"
    assert case.rejected_on(parse_target("cuda:sm_90a")) == "never"
    assert case.rejected_on(parse_target("metal")) == ""


def test_a_case_is_rejected_with_the_message_of_the_lane() -> None:
    said = {"0.1.11": "no layout", "0.1.13": "no plan"}
    case = dataclasses.replace(make_case(), rejected={"cuda:sm_80": said})
    target = parse_target("cuda:sm_80")
    assert [case.rejected_on(target, lane) for lane in ("0.1.11", "0.1.13", "0.1.15")] == ["no layout", "no plan", ""]
    assert case.rejected_on(target) and not case.rejected_on(parse_target("metal"), "0.1.11")
