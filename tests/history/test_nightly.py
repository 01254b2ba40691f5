"""The nightly run: whatever a step, the database or a report does, the others go on and nothing is lost."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.history.runs import make_run
from tl_passlab.errors import UsageError
from tl_passlab.history.files import read_run
from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED, Record, Run
from tl_passlab.history.store import runs_in, standing_in, store_run
from tl_passlab.lane_env import CHECKOUT
from tl_passlab.nightly import determinism, process
from tl_passlab.nightly import run as nightly
from tl_passlab.nightly.commit import commit_of
from tl_passlab.nightly.process import run_child
from tl_passlab.nightly.steps import STEPS, Options, Step, steps_for
from tl_passlab.nightly.summary import render_finished
from tl_passlab.report.text import Style

# A child writes one result, and then ends as the test wants.
WRITES = "import json, os, sys, time; open(sys.argv[1], 'w').write('one'); print('so far so good', flush=True); "
NEVER = "time.sleep(600)"


def step(name: str, out: Path, code: str, seconds: float = 120.0) -> Step:
    """A step whose child writes one result to a file and then does what `code` says."""
    file = out / f"{name}.txt"

    def collect() -> list[Record]:
        return [Record(f"{name}/{word}", name, PASSED) for word in file.read_text(encoding="utf-8").split()]

    return Step(name, (sys.executable, "-c", WRITES + code, str(file)), seconds, collect)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 5.0)


def test_a_crash_a_hang_and_a_bad_result_cost_their_own_step_only(tmp_path: Path) -> None:
    garbage = dataclasses.replace(step("parity", tmp_path, ""), collect=lambda: json.loads("{"))
    steps = [
        step("goldens", tmp_path, "os.kill(os.getpid(), 11)"),
        step("semantics", tmp_path, NEVER, seconds=6.0),
        garbage,
        step("determinism", tmp_path, "sys.exit(3)"),
        step("drift", tmp_path, ""),
    ]
    said: list[str] = []
    run = nightly.run_steps(make_run(1, {}), steps, tmp_path, said.append)
    found = {record.name: record for record in run.tests}
    # What each wrote before it ended is kept.
    assert {name for name in found if name.endswith("/one")} == {f"{s.name}/one" for s in steps if s is not garbage}
    outcomes = {name: found[f"nightly/{name}"].outcome for name in STEPS}
    assert outcomes == {**dict.fromkeys(STEPS, FAILED), "drift": PASSED}
    messages = {name: found[f"nightly/{name}"].message for name in STEPS}
    assert messages["goldens"] == "killed by SIGSEGV; 1 results before that are kept"
    assert messages["semantics"].startswith("no answer after 6 s; 1 results")
    assert "not readable: JSONDecodeError" in messages["parity"]
    assert messages["determinism"].startswith("exit 3") and messages["drift"] == ""
    assert "so far so good" in found["nightly/goldens"].detail
    assert read_run(tmp_path / "run.json") == run and len(said) == 5


def test_what_is_done_is_on_disk_before_the_next_step_begins(tmp_path: Path) -> None:
    seen: list[int] = []

    def collect() -> list[Record]:
        seen.append(len(read_run(tmp_path / "run.json").tests))
        return []

    second = Step("drift", (sys.executable, "-c", ""), 60.0, collect)
    first = dataclasses.replace(second, name="goldens", collect=collect)
    steps = [first, step("semantics", tmp_path, ""), second]
    nightly.run_steps(make_run(1, {}), steps, tmp_path, lambda line: None)
    # Each step has a record on itself, and the second one has a result too.
    assert seen == [0, 3]


def test_a_skipped_step_says_why_and_a_step_without_tests_is_skipped(tmp_path: Path) -> None:
    skipped = dataclasses.replace(step("parity", tmp_path, NEVER), skipped="no CUDA device")
    (record,) = nightly.perform(skipped, tmp_path, "0.1.15")
    assert (record.outcome, record.message) == (SKIPPED, "no CUDA device")
    empty = Step("drift", (sys.executable, "-c", ""), 60.0, list)
    (record,) = nightly.perform(empty, tmp_path, "0.1.15")
    assert (record.outcome, record.message) == (SKIPPED, "no test of the chosen cases")


def test_a_hanging_child_leaves_no_process_behind(tmp_path: Path) -> None:
    """Its own child ignores the interrupt, and lies in the same group."""
    child = "import signal, time; signal.signal(2, signal.SIG_IGN); time.sleep(600)"
    code = (
        f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {child!r}]); print(p.pid, flush=True); "
    )
    code += "p.wait()"
    ending = run_child([sys.executable, "-c", code], tmp_path / "log", 6.0, grace=1.0)
    assert ending.code is None
    pid = int((tmp_path / "log").read_text(encoding="utf-8").split()[0])
    # Killed is not yet gone: whoever adopts it has to take its ending.
    for _ in range(600):
        if not alive(pid):
            return
        time.sleep(0.1)
    pytest.fail(f"process {pid} is still there")


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    answer = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(answer.stdout.strip()) and not answer.stdout.strip().startswith("Z")


@pytest.mark.slow
def test_an_interrupted_pytest_still_gives_its_results(tmp_path: Path) -> None:
    (tmp_path / "test_slow.py").write_text(
        "import time\ndef test_a(): pass\ndef test_b(): time.sleep(600)\n", encoding="utf-8"
    )
    junit = tmp_path / "j.xml"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={junit}", "-v", str(tmp_path)]
    # So long that a loaded machine gets to test_b.
    ending = run_child(command, tmp_path / "log", 20.0, cwd=tmp_path, grace=60.0)
    assert ending.code is None
    assert "test_a" in [case.get("name") for case in ET.parse(junit).getroot().iter("testcase")]


def test_a_command_that_does_not_exist_is_an_ending(tmp_path: Path) -> None:
    ending = run_child([str(tmp_path / "nothing")], tmp_path / "log", 5.0)
    assert ending.code == 127 and "cannot start" in ending.tail


@pytest.fixture
def finish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], nightly.Finished]:
    monkeypatch.setattr(nightly, "_pending", lambda *arguments: [])

    def call(run: Run) -> nightly.Finished:
        out = tmp_path / run.run_id
        return nightly.finish(run, tmp_path / "history.sqlite", out)

    return call


def test_new_failures_come_first_then_fixed_flaky_known(finish: Callable[[Run], nightly.Finished]) -> None:
    finish(make_run(1, {"a_known": "F", "b_flaky": "P", "c_fixed": "F", "d_new": "P"}, commit="same"))
    finish(make_run(2, {"a_known": "F", "b_flaky": "F", "c_fixed": "F", "d_new": "P"}, commit="same"))
    finish(make_run(3, {"a_known": "F", "b_flaky": "P", "c_fixed": "F", "d_new": "P"}, commit="same"))
    last = finish(make_run(4, {"a_known": "F", "b_flaky": "P", "c_fixed": "P", "d_new": "F"}))
    assert (last.standing.new, last.standing.fixed) == (("d_new",), ("c_fixed",))
    assert (last.standing.flaky, last.standing.known) == (("b_flaky",), ("a_known",))
    text = render_finished(last, Style())
    places = [text.index(name) for name in ("d_new", "c_fixed", "b_flaky", "a_known")]
    assert places == sorted(places) and "problem" not in text
    assert {path.name for path in last.files} == {"run.json", "junit.xml", "report.html"}
    page = next(path for path in last.files if path.suffix == ".html").read_text(encoding="utf-8")
    assert page.index("d_new") < page.index("a_known")


def test_a_damaged_history_costs_the_comparison_and_no_result(
    finish: Callable[[Run], nightly.Finished], tmp_path: Path
) -> None:
    (tmp_path / "history.sqlite").write_bytes(b"garbage" * 1000)
    run = make_run(1, {"a": "F", "b": "P"})
    finished = finish(run)
    assert finished.standing.new == ("a",) and finished.standing.known == ()
    text = render_finished(finished, Style())
    assert "problem: history" in text and "damaged" in text and "passlab history import" in text
    assert (tmp_path / "history.sqlite").read_bytes() == b"garbage" * 1000
    kept = next(path for path in finished.files if path.name == "run.json")
    assert store_run(tmp_path / "fresh.sqlite", read_run(kept))
    assert standing_in(tmp_path / "fresh.sqlite", run).new == ("a",)


def test_a_report_that_cannot_be_made_costs_only_itself(
    finish: Callable[[Run], nightly.Finished], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(run: Run, standing: object) -> str:
        raise KeyError("what")

    monkeypatch.setattr(nightly, "render_results", broken)
    finished = finish(make_run(1, {"a": "P"}))
    assert [problem.where for problem in finished.problems] == ["report.html"]
    assert render_finished(finished, Style()).endswith(f"next: passlab report {tmp_path / 'run-1'} --html report.html")
    assert {path.name for path in finished.files} == {"run.json", "junit.xml"}
    assert [run.run_id for run in runs_in(tmp_path / "history.sqlite")] == ["run-1"]


def test_steps_run_what_the_readme_says(tmp_path: Path) -> None:
    options = Options(out=tmp_path, lane="0.1.15", repeat=8, jobs=2)
    steps = {step.name: step for step in steps_for(options)}
    assert tuple(steps) == STEPS
    assert "slow or not slow" in steps["semantics"].command and "tests/test_semantics.py" in steps["semantics"].command
    assert steps["determinism"].command[3:5] == ("--repeat", "8")
    assert "--from" in steps["drift"].command and "0.1.11" in steps["drift"].command
    for name in ("goldens", "semantics"):
        assert all((CHECKOUT / word).is_file() for word in steps[name].command if word.startswith("tests/"))


def test_a_step_says_its_outcomes_the_good_ones_first(tmp_path: Path) -> None:
    outcomes = [SKIPPED, EXPECTED, FAILED, PASSED, EXPECTED, PASSED, PASSED]
    tests = [Record(f"t{n}", "goldens", outcome) for n, outcome in enumerate(outcomes)]
    about = Record("nightly/goldens", "goldens", PASSED, seconds=61.4)
    line = nightly.step_line(step("goldens", tmp_path, ""), [*tests, about])
    assert line == "goldens      3 passed, 1 failure, 1 skipped, 2 expected failures   61 s"


def test_goldens_of_a_target_that_few_cases_have_know_it(tmp_path: Path) -> None:
    name = "test_golden[kernel-add-hip_gfx950]"
    case = f'<testcase classname="tests.test_goldens" name="{name}" time="1"/>'
    (tmp_path / "goldens.junit.xml").write_text(f"<testsuites><testsuite>{case}</testsuite></testsuites>")
    (goldens,) = steps_for(Options(out=tmp_path, lane="0.1.15", only=("goldens",)))
    (record,) = goldens.collect()
    assert (record.case, record.target) == ("elementwise/add", "hip:gfx950")


def test_cases_narrow_every_step(tmp_path: Path) -> None:
    options = Options(out=tmp_path, lane="0.1.15", cases=("add",), only=("goldens", "determinism"))
    goldens, lowerings = steps_for(options)
    assert goldens.command[goldens.command.index("-k") + 1] == "[add- or -add- or -add]"
    assert lowerings.command[-1] == "elementwise/add"
    with pytest.raises(UsageError, match="no such case"):
        steps_for(Options(out=tmp_path, lane="0.1.15", cases=("add", "no_such_case")))


def test_the_oldest_lane_has_nothing_to_drift_from(tmp_path: Path) -> None:
    (drift,) = steps_for(Options(out=tmp_path, lane="0.1.11", only=("drift",)))
    assert drift.skipped == "no full lane is older than 0.1.11"


def test_a_case_that_cannot_be_lowered_is_a_failure_with_its_message() -> None:
    record = determinism.examine("no/such_case", "metal", 2, "0.1.15")
    assert record.outcome == FAILED and "unknown case" in record.detail
    assert record.name == "determinism/no/such_case[metal]"


def test_a_lowering_that_hangs_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], **arguments: object) -> None:
        raise subprocess.TimeoutExpired(command, 5.0)

    monkeypatch.setattr(determinism.subprocess, "run", hang)
    assert determinism.examine("a/b", "metal", 2, "0.1.15", 5.0).message == "no answer after 5 s"


def test_a_changed_working_tree_is_another_commit(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True, env=environment)

    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    assert commit_of(tmp_path / "none") == ""
    git("init")
    (tmp_path / "a").write_text("1", encoding="utf-8")
    git("add", "a")
    git("commit", "-m", "one")
    clean = commit_of(tmp_path)
    assert len(clean) == 40
    (tmp_path / "a").write_text("2", encoding="utf-8")
    edited = commit_of(tmp_path)
    (tmp_path / "b").write_text("new", encoding="utf-8")
    assert edited.startswith(f"{clean}-dirty.") and len({clean, edited, commit_of(tmp_path)}) == 3
    assert commit_of(tmp_path) == commit_of(tmp_path)


@pytest.mark.slow
def test_nightly_quick_for_real(tmp_path: Path) -> None:
    command = [sys.executable, str(CHECKOUT / "tools" / "nightly.py"), "--quick", "--jobs", "1", "--out", str(tmp_path)]
    command += ["--only", "goldens", "--only", "determinism", "--db", str(tmp_path / "h.sqlite")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    run = read_run(tmp_path / "run.json")
    assert {record.kind for record in run.tests} == {"goldens", "determinism"}
    assert all(record.outcome in (PASSED, SKIPPED) for record in run.tests)
    assert {path.name for path in tmp_path.iterdir()} >= {"junit.xml", "report.html", "pending.zip", "h.sqlite"}
    assert [stored.run_id for stored in runs_in(tmp_path / "h.sqlite")] == [run.run_id]
