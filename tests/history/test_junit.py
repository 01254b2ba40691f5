"""JUnit XML: pytest's own file, written by a real pytest, becomes records; a run becomes a file that parses back."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.history.runs import make_run
from tl_passlab.errors import UsageError
from tl_passlab.history.junit import junit_records, to_junit
from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED, Record, Run

CASES = {"add": "elementwise/add", "gemm_pipelined": "pipeline/gemm_pipelined"}
TARGETS = {"metal": "metal", "cuda_sm_90a": "cuda:sm_90a"}
SUITE = """
import pytest
@pytest.mark.parametrize("x", ["LayoutInference-gemm_pipelined-cuda_sm_90a", "kernel-add-metal"])
def test_golden(x):
    assert "add" not in x, "first line\\nsecond line"
@pytest.mark.skip(reason="no device")
def test_skipped(): pass
@pytest.mark.xfail(reason="upstream breaks it", strict=True)
def test_known(): assert 0
@pytest.mark.xfail(reason="upstream breaks it", strict=True)
def test_mended(): pass
@pytest.fixture
def tears():
    yield
    raise OSError("in teardown")
def test_twice(tears): assert 0
@pytest.fixture
def broken(): raise OSError("in setup")
def test_setup(broken): pass
class TestGroup:
    def test_member(self): pass
"""

SEMANTICS = """
import pytest
@pytest.mark.parametrize("x", ["add-metal", "gemm_pipelined-cuda_sm_90a"])
def test_semantics(x):
    command = "passlab blame elementwise/add --target metal --set M=64" if "add" in x else ""
    assert 0, "\\nthe whole table" + (f"\\nreproduce: {command}\\n" if command else "")
"""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Record]]:
    folder = tmp_path_factory.mktemp("suite")
    (folder / "tests").mkdir()
    (folder / "tests" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "tests" / "test_goldens.py").write_text(SUITE, encoding="utf-8")
    (folder / "tests" / "test_semantics.py").write_text(SEMANTICS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=j.xml", "tests"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    subprocess.run(command, cwd=folder, capture_output=True, check=False, env=kept)
    found: dict[str, list[Record]] = {}
    for record in junit_records(folder / "j.xml", CASES, TARGETS, "0.1.15"):
        found.setdefault(record.name.removeprefix("tests/test_goldens.py::"), []).append(record)
    return found


def test_a_golden_knows_its_pass_case_and_target(records: dict[str, list[Record]]) -> None:
    (record,) = records["test_golden[LayoutInference-gemm_pipelined-cuda_sm_90a]"]
    assert (record.outcome, record.kind, record.lane) == (PASSED, "goldens", "0.1.15")
    assert (record.pass_name, record.case, record.target) == (
        "LayoutInference", "pipeline/gemm_pipelined", "cuda:sm_90a",
    )  # fmt: skip


def test_a_failure_has_a_message_a_detail_and_a_command(records: dict[str, list[Record]]) -> None:
    (record,) = records["test_golden[kernel-add-metal]"]
    assert (record.outcome, record.pass_name) == (FAILED, "")
    assert "first line" in record.message and "\n" not in record.message and "second line" in record.detail
    assert record.replay == "pytest 'tests/test_goldens.py::test_golden[kernel-add-metal]'"


def test_a_semantic_failure_has_the_command_that_executes_it_again(records: dict[str, list[Record]]) -> None:
    (told,) = records["tests/test_semantics.py::test_semantics[add-metal]"]
    assert told.blame == "passlab blame elementwise/add --target metal --set M=64"
    assert told.message == "the whole table", "`AssertionError:` alone in its line says nothing"
    (untold,) = records["tests/test_semantics.py::test_semantics[gemm_pipelined-cuda_sm_90a]"]
    assert untold.blame == "passlab blame pipeline/gemm_pipelined --target cuda:sm_90a"
    assert records["test_golden[kernel-add-metal]"][0].blame == ""


@pytest.mark.parametrize(
    ("name", "outcomes", "words"),
    [
        ("test_skipped", [SKIPPED], "no device"),
        ("test_known", [EXPECTED], "upstream breaks it"),
        ("test_mended", [FAILED], "XPASS"),
        ("test_setup", [FAILED], "in setup"),
        ("test_twice", [FAILED, FAILED], "assert 0"),
        ("TestGroup::test_member", [PASSED], ""),
    ],
)
def test_outcomes(records: dict[str, list[Record]], name: str, outcomes: list[str], words: str) -> None:
    assert [record.outcome for record in records[name]] == outcomes
    assert words in records[name][0].message


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "j.xml").write_text("<testsuites><testcase", encoding="utf-8")
    for name in ("j.xml", "none.xml"):
        with pytest.raises(UsageError, match="not readable as JUnit XML"):
            junit_records(tmp_path / name, CASES, TARGETS, "0.1.15")


def test_a_run_as_junit_counts_and_says_how_to_repeat() -> None:
    run = make_run(1, {"a": "P", "b": "F", "c": "s"})
    more = Record("k", "parity", FAILED, message="bad \x00 & <tag>", replay="passlab parity x")
    text = to_junit(Run(run.run_id, run.started, run.lane, tests=(*run.tests, more, Record("x", "parity", EXPECTED))))
    root = ET.fromstring(text)
    counted = {s.get("name"): (s.get("tests"), s.get("failures"), s.get("skipped")) for s in root.iter("testsuite")}
    assert counted == {"goldens": ("3", "1", "1"), "parity": ("2", "1", "1")}
    failure = root.find(".//testcase[@name='k']/failure")
    assert failure is not None and failure.get("message") == "bad ? & <tag>"
    assert "replay: passlab parity x" in (failure.text or "")
