"""`passlab history` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.history.runs import make_run
from tl_passlab.cli import main
from tl_passlab.history.files import write_run
from tl_passlab.history.record import PASSED, Record, Run
from tl_passlab.history.standing import Point, history_of
from tl_passlab.history.store import store_run
from tl_passlab.history.text import change_of, render_trend, sparkline


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Three runs: `new` broke and `fixed` was mended in the last one; `good` has always passed."""
    path = tmp_path / "h.sqlite"
    store_run(path, make_run(1, {"good[x]": "P", "new": "P", "fixed": "F"}))
    store_run(path, make_run(2, {"good[x]": "P", "new": "P", "fixed": "F"}))
    store_run(path, make_run(3, {"good[x]": "P", "new": "F", "fixed": "P"}))
    return path


def test_new_failures_come_first_with_what_changed(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--db", str(database)]) == 1
    text = capsys.readouterr().out
    assert text.index("new failures (1)") < text.index("fixed (1)")
    assert "last passed 2026-03-02 02:00; fails since 2026-03-03 02:00" in text
    assert "commit c2 -> c3" in text and "good" not in text and "1 passing" in text


def test_a_glob_or_a_part_of_a_name_shows_passing_tests_too(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "good[", "--db", str(database)]) == 0
    assert "good[x]" in capsys.readouterr().out
    assert main(["history", "*oo*", "--db", str(database)]) == 0
    assert main(["history", "nothing_like_it", "--db", str(database)]) == 2


def test_json_has_it_all(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--db", str(database), "--json", "--kind", "goldens", "--target", "metal"]) == 1
    (track,) = json.loads(capsys.readouterr().out)["tracks"]
    tests = {test["name"]: test for test in track["tests"]}
    assert (tests["new"]["status"], tests["new"]["first_failed"]["run_id"]) == ("new", "run-3")
    assert tests["new"]["last_passed"]["commit"] == "c2" and tests["fixed"]["status"] == "fixed"


def test_filters(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--db", str(database), "--target", "c"]) == 0
    assert main(["history", "--db", str(database), "--kind", "cooking"]) == 2
    assert main(["history", "--db", str(database), "--lane", "0.1.11"]) == 2
    assert "0.1.15 Linux" in capsys.readouterr().err


def test_import_takes_a_run_once_and_passes_over_a_damaged_file(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(make_run(4, {"new": "P"}), tmp_path / "four.json")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    files = [str(tmp_path / "bad.json"), str(tmp_path / "four.json")]
    assert main(["history", "import", *files, "--db", str(database)]) == 2
    shown = capsys.readouterr()
    assert "run-4" in shown.out and "stored" in shown.out and "not the file of a run" in shown.err
    assert main(["history", "import", files[1], "--db", str(database)]) == 0
    assert "already there" in capsys.readouterr().out
    assert main(["history", "import", "--db", str(database)]) == 2
    assert main(["history", "new", "--db", str(database)]) == 0


def test_a_database_that_is_none_is_an_error_not_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["history", "--db", str(tmp_path / "none")]) == 2
    (tmp_path / "bad").write_bytes(b"x" * 5000)
    assert main(["history", "--db", str(tmp_path / "bad")]) == 2
    assert "damaged" in capsys.readouterr().err


def measured(*values: float) -> list[Point]:
    return [Point(f"r{n}", f"2026-01-{n + 1:02}", "t", "c", PASSED, value) for n, value in enumerate(values)]


def test_a_kernel_that_became_slower_is_shown_with_its_times(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(1, 15):
        steady, slow = (
            Record(n, "parity", PASSED, measure_ms=1.0 + (n == "slow" and number > 9)) for n in ("ok", "slow")
        )
        run = make_run(number, {})
        store_run(tmp_path / "h", Run(run.run_id, run.started, "0.1.15", tests=(steady, slow)))
    assert main(["history", "--db", str(tmp_path / "h")]) == 0
    text = capsys.readouterr().out
    assert "times that moved (1)" in text and "slow  2 ms  +100% against earlier runs" in text


def test_trends() -> None:
    assert change_of(history_of("t", measured(*[1.0] * 9))) is None
    assert change_of(history_of("t", measured(*[2.0] * 5, *[1.0] * 5))) == -0.5
    assert "too few" in render_trend(history_of("t", measured(1.0, 2.0)))
    assert (sparkline([1, 2, 3]), sparkline([5, 5])) == ("▁▅█", "▁▁")
