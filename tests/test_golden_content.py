"""What a golden holds: a diff from which both sides come back, a pipeline without ordinals, an error."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces import make_case, make_trace
from tl_passlab import goldens
from tl_passlab.model import Failure
from tl_passlab.targets import parse_target

TRACE = make_trace(
    ("tl.Simplify", "a\n", "a\n"), ("tl.LowerTileOp", "a\nb\n", "a\nc\nd\n"), ("tl.Simplify", "a\n", "a\n")
)
LINES = st.lists(st.sampled_from(["a", " b", "- c", "+", "", "= the pass leaves the IR as it is"]), max_size=12)


@given(LINES, LINES)
def test_both_sides_come_back_from_a_diff(before: list[str], after: list[str]) -> None:
    one, other = ("".join(f"{line}\n" for line in lines) for lines in (before, after))
    if one != other:
        assert goldens.split_diff(goldens.full_context_diff(one, other)) == (one, other)


def test_golden_of_a_pass_is_its_full_context_diff() -> None:
    assert goldens.golden_content(TRACE, "LowerTileOp.diff") == " a\n-b\n+c\n+d\n"
    assert goldens.golden_content(TRACE, "Simplify.2.diff") == goldens.UNCHANGED


def test_golden_of_a_pass_that_did_not_run_is_none() -> None:
    assert goldens.golden_content(TRACE, "Simplify.3.diff") is None


def test_pipeline_counts_without_ordinals() -> None:
    assert goldens.golden_content(TRACE, "pipeline.txt") == "= Simplify\n~ LowerTileOp +2 -1\n= Simplify.2\n"


def test_inserted_pass_adds_one_line_and_renames_none() -> None:
    more = make_trace(
        ("tl.Simplify", "a\n", "a\n"), ("tl.New", "a\n", "a\n"), ("tl.LowerTileOp", "a\nb\n", "a\nc\nd\n")
    )
    less = make_trace(("tl.Simplify", "a\n", "a\n"), ("tl.LowerTileOp", "a\nb\n", "a\nc\nd\n"))
    lines = goldens.pipeline_text(more).splitlines()
    lines.remove("= New")
    assert lines == goldens.pipeline_text(less).splitlines()


def test_rejected_kernel_has_its_message_as_its_only_golden() -> None:
    case = dataclasses.replace(make_case(["LowerTileOp"]), rejected={"cuda": "no"})
    assert goldens.golden_names(case, parse_target("cuda:sm_80")) == ["error.txt"]
    mended = dataclasses.replace(case, rejected={"cuda": {"0.1.11": "no"}})
    assert goldens.golden_names(mended, parse_target("cuda:sm_80"), "0.1.11") == ["error.txt"]
    assert "kernel.cu" in goldens.golden_names(mended, parse_target("cuda:sm_80"), "0.1.15")
    failed = dataclasses.replace(TRACE, failure=Failure("LayoutInference", "InternalError", "no layout"))
    assert goldens.golden_content(failed, "error.txt") == "LayoutInference: InternalError\nno layout\n"
    assert goldens.golden_content(TRACE, "error.txt") is None


@pytest.mark.parametrize(
    ("spec", "kernel"), [("cuda:sm_80", "kernel.cu"), ("metal", "kernel.metal"), ("c", "kernel.c")]
)
def test_golden_names_follow_what_a_case_watches(spec: str, kernel: str) -> None:
    names = goldens.golden_names(make_case(["LowerTileOp", "ThreadSync.2"]), parse_target(spec))
    assert names == ["pipeline.txt", "LowerTileOp.diff", "ThreadSync.2.diff", kernel]
