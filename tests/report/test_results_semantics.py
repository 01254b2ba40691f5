"""Checks and blames in a report: records of their own, and the guilty pass beside a wrong result of the same kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.report.synthetic import CASES, DIFF, EVIL
from tl_passlab.cli import main
from tl_passlab.history.files import write_run
from tl_passlab.history.record import FAILED, PASSED, Record, Run
from tl_passlab.history.store import store_run
from tl_passlab.report.results_semantics import blame_record, check_record, with_guilty

RACE = {
    **{"kind": "race", "message": "A_shared: bytes 0..4095", "statements": ["T.copy(...)"], "roles": ["threads 0-127"]},
    **{"lines": ["kernel.py:12"], "block": [0], "detail": "", "count": 1, "error": True},
}


def boundary(name: str, verdict: str = "exact", **more: Any) -> dict[str, Any]:
    quiet = {"error": 0.0, "detail": "", "schedule": "eager", "ms": 1.0, "ok": True, "failed": False}
    return {"pass": name, "index": 1, "verdict": verdict, **quiet, "differences": [], "findings": [], **more}


GUILTY = boundary("ThreadSync", "differs", failed=True, ok=False, findings=[RACE])
CHECK: dict[str, Any] = {
    **{"case": CASES[0], "target": "cuda:sm_90a", "lane": "0.1.15", "seed": 3, "ok": False, "error": "", "ms": 2000.0},
    **{"reference_ok": True, "failed_pass": ""},
    "boundaries": [boundary("input"), boundary("LowerTileOp", "reordered", error=1.9e-4), GUILTY],
}
BLAME: dict[str, Any] = {
    **{"case": CASES[0], "target": "cuda:sm_90a", "lane": "0.1.15", "seed": 0, "pass": "ThreadSync", "found": True},
    **{"verdict": "ThreadSync leaves a race", "boundary": GUILTY, "diff": DIFF, "reproducer": "repro"},
}


def test_check_is_a_record_with_every_boundary() -> None:
    record = check_record(CHECK)
    assert (record.outcome, record.verdict, record.pass_name) == (FAILED, "wrong values, race", "ThreadSync")
    assert record.pass_table == (
        "~ input exact\n~ LowerTileOp reordered, max rel 1.9e-04\n~ ThreadSync wrong values, race"
    )
    assert "bytes 0..4095" in record.detail and record.seconds == 2.0
    assert record.replay == f"passlab check {CASES[0]} --target cuda:sm_90a --seed 3"


def test_a_sound_check_passes_and_a_failed_lowering_does_not() -> None:
    sound = check_record({**CHECK, "ok": True, "boundaries": [boundary("input")]})
    assert (sound.outcome, sound.verdict, sound.pass_name) == (PASSED, "pass", "")
    stopped = {
        **CHECK,
        "boundaries": [boundary("input")],
        "error": "InternalError: no\nmore",
        "failed_pass": "Simplify",
    }
    assert (
        check_record(stopped).message == "Simplify fails: InternalError: no"
        and check_record(stopped).pass_name == "Simplify"
    )


def test_a_check_that_could_not_execute_everything_blames_nobody() -> None:
    unknown = boundary("LowerTileOp", "unsupported", ok=False, detail="tl.ptx_new")
    record = check_record({**CHECK, "boundaries": [boundary("input"), unknown]})
    assert (record.outcome, record.verdict, record.pass_name) == (FAILED, "unsupported", "")
    assert record.message == "1 of 2 boundaries equal; not executed: tl.ptx_new"


def test_a_failure_that_was_executed_by_itself_keeps_its_own_answer() -> None:
    sound = Record("parity/a", "parity", FAILED, case=CASES[0], target="cuda:sm_90a", blamed="every boundary agrees")
    assert with_guilty([sound, check_record(CHECK)])[0] == sound


def test_blame_is_a_record_with_what_the_pass_did() -> None:
    record = blame_record(BLAME)
    assert (record.outcome, record.pass_name, record.diff) == (FAILED, "ThreadSync", DIFF)
    assert blame_record({**BLAME, "found": False, "pass": "", "verdict": "nothing is wrong"}).outcome == PASSED


def test_failures_of_the_same_kernel_are_told_the_guilty_pass_and_others_are_not() -> None:
    device = Record("parity/a", "parity", FAILED, case=CASES[0], target="cuda:sm_90a", message="wrong")
    others = (
        Record("parity/b", "parity", FAILED, case=CASES[0], target="cuda:sm_80"),
        Record("parity/c", "parity", PASSED, case=CASES[0], target="cuda:sm_90a"),
        Record("goldens/d", "goldens", FAILED, case=CASES[0], target="cuda:sm_90a", pass_name="Simplify"),
    )
    told, *rest, check, blame = with_guilty([device, *others, check_record(CHECK), blame_record(BLAME)])
    assert (told.pass_name, told.diff, told.message) == ("ThreadSync", DIFF, "wrong") and told.pass_table
    assert tuple(rest) == others and check.diff == DIFF and blame.pass_table == check.pass_table


def test_the_command_puts_a_device_failure_and_its_blame_on_one_page(tmp_path: Path) -> None:
    device = Record("parity/a", "parity", FAILED, case=CASES[0], target="cuda:sm_90a", message="wrong")
    write_run(Run("r", "2026-11-20T02:00:00+00:00", "0.1.15", tests=(device,)), tmp_path / "run.json")
    evil = {**BLAME, "verdict": EVIL, "diff": f"{DIFF}\n+ {EVIL}"}
    (tmp_path / "blame.json").write_text(json.dumps(evil), encoding="utf-8")
    page = tmp_path / "page.html"
    assert main(["report", str(tmp_path / "run.json"), str(tmp_path / "blame.json"), "--html", str(page)]) == 1
    text = page.read_text(encoding="utf-8")
    store_run(tmp_path / "history.sqlite", Run("q", "2026-11-19T02:00:00+00:00", "0.1.15", tests=(device,)))
    words = [str(tmp_path / name) for name in ("run.json", "blame.json", "history.sqlite")]
    assert main(["report", *words[:2], "--db", words[2]]) == 1, "a blame has no time, and no place in a history"
    assert text.count("<h3>what ThreadSync did</h3>") == 2 and EVIL not in text


@pytest.mark.parametrize("field", ["boundaries", "lane", "ms"])
def test_a_damaged_check_is_a_usage_error(tmp_path: Path, field: str, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = {key: value for key, value in CHECK.items() if key != field or field == "boundaries"}
    damaged["boundaries"] = [{"pass": 1}] if field == "boundaries" else CHECK["boundaries"]
    (tmp_path / "check.json").write_text(json.dumps(damaged), encoding="utf-8")
    assert main(["report", str(tmp_path / "check.json")]) == 2
    assert "error: not a run document" in capsys.readouterr().err
