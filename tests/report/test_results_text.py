"""A run as text and JSON, and how its tests stand."""

from __future__ import annotations

import dataclasses
import json

import pytest

from tests.report.synthetic import EVIL, failures, run, standing
from tl_passlab.history.record import FAILED, PASSED, SKIPPED, Record, Run
from tl_passlab.history.standing import Standing
from tl_passlab.report.results_text import first_replay, render_summary, summary_json
from tl_passlab.report.results_view import moment, view_of
from tl_passlab.report.text import Style


def test_summary_names_what_is_new_first() -> None:
    lines = render_summary(run(), standing(run()), Style()).splitlines()
    assert (
        lines[1]
        == "35 tests: 5 new failures, 4 known failures, 5 flaky, 3 fixed, 1 expected failure, 16 passed, 1 skipped"
    )
    heads = [line for line in lines if line and not line.startswith(" ")][2:]
    assert heads == ["New failures  5", "Fixed  3", "Flaky  5", "Known failures  4"]
    assert "  ✗ semantics/pipeline/gemm_pipelined[cuda:sm_90a]  race" in lines
    assert any("failing since 2026-11-20 02:00 UTC" in line for line in lines)


def test_summary_is_short_and_free_of_control_characters() -> None:
    records = tuple(Record(f"t{n}\x1b[31m\n", "tests", FAILED, message="a\x07\nb") for n in range(100))
    text = render_summary(Run("r", "", "", tests=records), None, Style())
    assert len(text.splitlines()) < 40 and "88 more; --html and --json have them all" in text
    assert "\x1b" not in text and "\x07" not in text


def test_json_has_every_test_with_how_it_stands() -> None:
    fields = json.loads(json.dumps(summary_json(run(), standing(run()))))
    assert fields["counts"]["new"] == 5 and fields["failed"] is True and len(fields["tests"]) == 35
    assert {row["status"] for row in fields["tests"] if row["kind"] == "goldens"} == {"passed", "fixed", "flaky"}
    assert len(fields["trends"]) == 4 and fields["run"]["run_id"] == "nightly-20"


def test_next_is_the_first_new_failure() -> None:
    assert first_replay(run(), standing(run())) == failures()[0].replay
    assert first_replay(Run("r", "", "", tests=(Record("t", "tests", PASSED, replay="x"),)), None) == ""


@pytest.mark.parametrize(
    ("outcome", "named", "status"),
    [
        (FAILED, "new", "new"),
        (FAILED, "known", "known"),
        (FAILED, "flaky", "flaky"),
        (FAILED, "fixed", "failed"),
        (FAILED, "", "failed"),
        (PASSED, "fixed", "fixed"),
        (PASSED, "flaky", "flaky"),
        (PASSED, "new", "passed"),
        (SKIPPED, "known", "skipped"),
    ],
)
def test_a_failure_is_never_hidden_by_its_past(outcome: str, named: str, status: str) -> None:
    past = dataclasses.replace(Standing(), **{named: ("t",)} if named else {})
    view = view_of(Run("r", "", "", tests=(Record("t", "tests", outcome),)), past)
    assert view.items[0].status == status and view.failed == (outcome == FAILED)


def test_moment_reads_times_and_leaves_other_texts() -> None:
    assert moment("2026-11-20T02:00:59Z") == "2026-11-20 02:00 UTC"
    assert moment("2026-11-20T02:00:00+02:00") == "2026-11-20 00:00 UTC"
    assert moment(EVIL) == EVIL and moment("") == ""
