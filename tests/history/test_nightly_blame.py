"""New failures of a night are executed at every pass boundary: who is asked, what the page then says, limits."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.history.runs import make_run
from tests.report.test_results_semantics import BLAME, CHECK, boundary
from tl_passlab.history.files import read_run
from tl_passlab.history.record import FAILED, PASSED, Record, Run
from tl_passlab.nightly import run as nightly
from tl_passlab.nightly.blame import with_blame
from tl_passlab.report import executed
from tl_passlab.report.executed import answer_of, semantics_line

SOUND = {**CHECK, "ok": True, "boundaries": [boundary("input"), boundary("LowerTileOp", "reordered", error=2e-4)]}


def failing(name: str, kind: str = "parity", case: str = "reduce/row", **more: Any) -> Record:
    blame = f"passlab blame {case} --target cuda:sm_90a --set M=65 --seed 3"
    return Record(f"{kind}/{name}", kind, FAILED, case, "cuda:sm_90a", message="wrong", **{"blame": blame, **more})


def asked_about(
    tests: Sequence[Record], answers: dict[str, Any], tmp_path: Path, **limits: Any
) -> tuple[list[Record], list[list[str]], list[str]]:
    """The records afterwards, what was asked, what was said."""
    asked: list[list[str]] = []
    said: list[str] = []

    def ask(words: Sequence[str], seconds: float) -> Any:
        asked.append(list(words))
        return answers[words[0]]

    run = dataclasses.replace(make_run(1, {}), tests=tuple(tests))
    names = [record.name for record in tests]
    return list(with_blame(run, names, tmp_path, said.append, ask, **limits).tests), asked, said


def test_the_guilty_boundary_its_table_and_its_diff_are_beside_the_failure(tmp_path: Path) -> None:
    (told,), asked, said = asked_about([failing("a", detail="own")], {"check": CHECK, "blame": BLAME}, tmp_path)
    kernel = ["reduce/row", "--target", "cuda:sm_90a", "--set", "M=65", "--seed", "3"]
    assert asked == [["check", *kernel], ["blame", *kernel, "--out", str(tmp_path / "blame")]]
    assert (told.pass_name, told.diff, told.message) == ("ThreadSync", BLAME["diff"], "wrong")
    assert told.pass_table.splitlines()[1] == "~ LowerTileOp reordered, max rel 1.9e-04"
    assert told.blamed == "ThreadSync leaves IR that is wrong: wrong values, race (boundary 3 of 3)"
    assert told.detail.startswith("own\n\n") and "reproducer: repro" in told.detail
    assert said[0].startswith("blame        1 new failure executed at every pass boundary   ")


def test_where_every_boundary_agrees_the_fault_lies_after_the_last_pass(tmp_path: Path) -> None:
    tests = [failing("a"), failing("b", "semantics")]
    (device, semantic), asked, _ = asked_about(tests, {"check": SOUND}, tmp_path)
    assert len(asked) == 1, "one kernel is executed once, and nobody is blamed"
    assert device.blamed == "every boundary agrees: the fault lies after the last pass"
    assert semantic.blamed == "every boundary agrees when the kernel is executed by itself"
    assert device.pass_table and (device.pass_name, device.diff) == ("", "")


@pytest.mark.parametrize(
    "answer",
    [
        "no answer after 600 s",
        {},
        {**CHECK, "boundaries": [{"pass": 1}]},
        {**SOUND, "ok": False, "reference_ok": False},
    ],
)
def test_what_cannot_be_told_is_never_the_ir_being_right(answer: Any, tmp_path: Path) -> None:
    (told,), _, _ = asked_about([failing("a")], {"check": answer}, tmp_path)
    assert told.blamed.startswith(("not executed: ", "the kernel's own IR disagrees"))
    assert told.outcome == FAILED and told.diff == ""


def test_a_blame_without_an_answer_leaves_what_the_check_said(tmp_path: Path) -> None:
    (told,), _, _ = asked_about([failing("a")], {"check": CHECK, "blame": "SIGSEGV"}, tmp_path)
    assert told.pass_name == "ThreadSync" and told.blamed.startswith("ThreadSync leaves") and told.pass_table


def test_a_limited_number_is_executed_and_the_rest_is_told_so(tmp_path: Path) -> None:
    tests = [failing(name, case=f"reduce/{name}") for name in "abc"]
    told, asked, said = asked_about(tests, {"check": SOUND}, tmp_path, most=2)
    assert [words[1] for words in asked] == ["reduce/a", "reduce/b"]
    assert told[2].blamed == "not executed: only 2 of the 3 kernels that fail were"
    assert "3 new failures executed at every pass boundary, but only 2 of 3 kernels" in said[0]
    told, asked, _ = asked_about(tests, {"check": SOUND}, tmp_path, together=0.0)
    assert asked == [] and all(record.blamed.startswith("not executed: only 0") for record in told)


def test_known_failures_passing_tests_and_other_kinds_are_not_executed(tmp_path: Path) -> None:
    others = [
        failing("golden", "goldens"),
        dataclasses.replace(failing("passes"), outcome=PASSED),
        failing("nothing to execute", blame=""),
    ]
    told, asked, said = asked_about(others, {}, tmp_path)
    assert (told, asked, said) == (others, [], [])
    run = dataclasses.replace(make_run(1, {}), tests=(failing("known"),))
    assert with_blame(run, (), tmp_path, said.append) == run


def test_the_nightly_executes_what_is_new_and_the_page_and_the_file_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For real: a kernel of which a pass makes a race."""
    monkeypatch.setattr(nightly, "_pending", lambda *arguments: [])
    command = "passlab blame regressions/partial_fill --target cuda:sm_80"
    record = failing("wrong", case="regressions/partial_fill", blame=command)
    run = Run("r", "2026-11-20T02:00:00+00:00", "0.1.15", tests=(record,))
    finished = nightly.finish(run, tmp_path / "h.sqlite", tmp_path, lambda line: None)
    told = finished.run.tests[0]
    assert told.pass_name == "ThreadSync.2" and "tvm_storage_sync" in told.diff
    assert told.blamed.startswith("ThreadSync.2 leaves IR that is wrong: race")
    assert read_run(tmp_path / "run.json").tests == (told,)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f"Interpreter: {told.blamed}" in page and "what ThreadSync.2 did" in page and "guilty" in page
    assert (tmp_path / "blame" / "partial_fill-ThreadSync.2").is_dir()


def test_a_command_that_fails_says_why_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer_of(["check", "no/such_case", "--target", "metal"], 600.0) == "unknown case"
    monkeypatch.setattr(executed.sys, "executable", "/no/such/python")
    assert "No such file" in str(answer_of(["check", "x"], 600.0))


def test_a_line_for_each_thing_that_a_check_may_find() -> None:
    assert semantics_line(SOUND) == "2 of 2 boundaries equal"
    assert semantics_line({**SOUND, "reference_ok": False}).startswith("the kernel's own IR disagrees")
    stopped = {**SOUND, "error": "InternalError: no\nmore", "failed_pass": "Simplify"}
    assert semantics_line(stopped) == "Simplify fails: InternalError: no"
    wrong = {**SOUND, "boundaries": [boundary("input", "stuck", failed=True)]}
    assert semantics_line(wrong) == "the kernel is wrong before any pass has run: stuck"
