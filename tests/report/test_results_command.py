"""`passlab report` as it is typed: every kind of set, exit codes, and sets that are none."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from tests.parity.test_results import RESULTS
from tests.report.synthetic import run
from tl_passlab.cli import main
from tl_passlab.history.files import write_run
from tl_passlab.history.record import FAILED, PASSED, Record, Run, to_json
from tl_passlab.history.store import store_run
from tl_passlab.parity.results import write_results

JUNIT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" timestamp="2026-11-20T02:00:00+00:00" hostname="vm">
<testcase classname="tests.test_goldens" name="test_golden[LayoutInference-gemm_pipelined-cuda_sm_90a]" time="0.5">
<failure message="behaviour changed">- a
+ b</failure></testcase>
<testcase classname="tests.test_cli" name="test_version" time="0.1"/>
</testsuite></testsuites>
"""
GOOD = Run("r1", "2026-11-20T02:00:00+00:00", "0.1.15", tests=(Record("t", "tests", PASSED),))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["report", *words])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_exit_code_is_0_where_nothing_failed_and_1_where_something_did(capsys: pytest.CaptureFixture[str]) -> None:
    write_run(GOOD, Path("good.json"))
    write_run(run(), Path("bad.json"))
    assert report(capsys, "good.json")[0] == 0
    code, said = report(capsys, "bad.json")
    assert code == 1 and said.splitlines()[-1] == f"next: {run().tests[0].replay}"


def test_a_parity_run_is_read_from_its_folder_or_file(capsys: pytest.CaptureFixture[str]) -> None:
    path = write_results(RESULTS, Path("parity"))
    for word in ("parity", str(path)):
        code, said = report(capsys, word)
        assert code == 1 and "3 tests: 1 failure, 1 passed, 1 skipped" in said and "nan/inf" in said


def test_junit_of_pytest_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("junit.xml").write_text(JUNIT, encoding="utf-8")
    code, said = report(capsys, "junit.xml", "--json")
    fields = json.loads(said)
    assert code == 1 and fields["run"]["machine"] == "vm"
    assert [(row["kind"], row["outcome"], row["target"]) for row in fields["tests"]] == [
        *(("goldens", "failed", "cuda:sm_90a"), ("tests", "passed", "")),
    ]


def test_several_sets_are_one_report(capsys: pytest.CaptureFixture[str]) -> None:
    write_run(run(), Path("a", "run.json"))
    write_results(RESULTS, Path("b"))
    Path("junit.xml").write_text(JUNIT, encoding="utf-8")
    code, said = report(capsys, "a", "b", "junit.xml", "--html", "out/page.html")
    assert code == 1 and "40 tests" in said and said.splitlines()[-1] == "next: open out/page.html"
    page = Path("out/page.html").read_text(encoding="utf-8")
    assert "nightly-20, b, junit" in page and "gpu-17, vm" in page


def test_without_a_set_it_is_the_newest_run_that_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = report(capsys)
    assert code == 2 and "no SET given" in said
    write_results(RESULTS, Path("from"))
    assert main(["results", "import", "from"]) == 1
    assert "3 tests" in report(capsys)[1]
    write_run(GOOD, Path(".passlab", "nightly", "r1", "run.json"))
    os.utime(Path(".passlab", "nightly", "r1", "run.json"), (4e9, 4e9))
    assert "1 test: 1 passed" in report(capsys)[1]


def test_a_history_tells_new_failures_from_known_ones_and_is_left_as_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    history = Path("history.sqlite")
    failing = dataclasses.replace(GOOD, run_id="r2", started="2026-11-21T02:00:00+00:00")
    failing = dataclasses.replace(failing, tests=(Record("t", "tests", FAILED),))
    store_run(history, GOOD)
    before = history.read_bytes()
    write_run(failing, Path("run.json"))
    assert "New failures  1" in report(capsys, "run.json", "--db", "history.sqlite")[1]
    assert history.read_bytes() == before
    store_run(history, failing)
    later = dataclasses.replace(failing, run_id="r3", started="2026-11-22T02:00:00+00:00")
    write_run(later, Path("run.json"))
    code, said = report(capsys, "run.json", "--db", "history.sqlite", "--html", "page.html")
    assert code == 1 and "Known failures  1" in said and "failing since 2026-11-21 02:00 UTC" in said
    assert "Known failures" in Path("page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "42", '"text"', "\x00\x01", "{}", '{"format": "other", "version": 1}'),
        *('{"format": "passlab-run"}', '{"format": "passlab-run", "version": "x", "run": {}, "tests": []}'),
        *('{"format": "passlab-parity", "version": 1}', '{"format": {}, "version": 1}'),
        '{"format": "passlab-parity", "version": 1, "run": {"devices": [3]}, "outcomes": []}',
        '{"format": "passlab-parity", "version": 1, "run": {"packages": []}, "outcomes": []}',
        '{"format": "passlab-parity", "version": 1, "run": {}, "outcomes": [], "skipped": [{}]}',
        *("<a>", "<a/>", "<testsuite><testcase time='x'/></testsuite>", "\ufeff<a/>"),
    ],
)
def test_a_set_that_is_none_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str], text: str) -> None:
    Path("set").write_text(text, encoding="utf-8")
    code, said = report(capsys, "set")
    assert code == 2 and "set: error: " in said
    assert len([line for line in said.splitlines() if not line.startswith("next: ")]) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("name", 5), ("outcome", "perhaps"), ("seconds", "long"), ("seconds", float("nan")), ("measure_ms", True)),
        *(("message", None), ("detail", ["a"]), ("unknown", "x"), ("measure_ms", float("inf"))),
    ],
)
def test_a_record_with_a_wrong_field_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], field: str, value: object
) -> None:
    document = to_json(GOOD)
    document["tests"][0][field] = value
    Path("set.json").write_text(json.dumps(document), encoding="utf-8")
    code, said = report(capsys, "set.json", "--html", "page.html")
    assert code == 2 and field in said and not Path("page.html").exists()


def test_what_is_not_there_or_cannot_be_written_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(capsys, "nowhere")[0] == 2
    Path("empty").mkdir()
    assert "none of run.json, results.json, junit.xml is there" in report(capsys, "empty")[1]
    write_run(GOOD, Path("good.json"))
    Path("file").write_text("", encoding="utf-8")
    code, said = report(capsys, "good.json", "--html", "file/page.html")
    assert code == 2 and "cannot write" in said
    assert report(capsys, "good.json", "--db", "absent.sqlite")[0] == 2
