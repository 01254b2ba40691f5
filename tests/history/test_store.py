"""The history database: what is stored comes back, and nothing is lost when it is old, locked, damaged or full."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.history.runs import LETTERS, VERSION_1, make_run
from tl_passlab.errors import FindingError, PasslabError, UsageError
from tl_passlab.history import schema
from tl_passlab.history.files import read_run, write_run
from tl_passlab.history.record import FAILED, Record, Run
from tl_passlab.history.standing import Point, history_of
from tl_passlab.history.store import runs_in, standing_in, store_run, stored_tests

TRACK = "0.1.15 Linux"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "history.sqlite"


def outcomes(path: Path) -> list[tuple[str, str]]:
    return [(test.name, test.outcome) for test in stored_tests(path, TRACK)]


def test_a_run_is_stored_once(database: Path) -> None:
    run = make_run(1, {"a": "P", "b": "F"})
    assert store_run(database, run) is True
    assert store_run(database, run) is False
    assert [stored.run_id for stored in runs_in(database)] == ["run-1"]
    assert outcomes(database) == [("a", "passed"), ("b", "failed")]


def test_the_standing_of_a_run_is_against_the_runs_before_it(database: Path) -> None:
    runs = [make_run(1, {"a": "P", "b": "F", "c": "F"}), make_run(2, {"a": "F", "b": "P", "c": "F"})]
    runs.append(make_run(3, {"a": "F", "b": "P", "c": "F"}))
    # Stored out of order: an import may come late.
    for run in (runs[2], runs[0], runs[1]):
        store_run(database, run)
    second = standing_in(database, runs[1])
    assert (second.new, second.fixed, second.known) == (("a",), ("b",), ("c",))
    third = standing_in(database, runs[2])
    assert (third.new, third.fixed, third.known) == ((), (), ("a", "c"))
    broke = third.history["a"]
    assert broke.first_failed is not None and broke.first_failed.run_id == "run-2"
    assert broke.changed_at == "commit c1 -> c2"


def test_the_database_says_of_each_test_what_all_its_points_say(database: Path) -> None:
    """It fetches little of tests that never failed; nothing may be lost by that."""
    random = Random(7)
    lines = {f"t{number}": random.choices(("Ps", "PsF", "PsFx", "FFFFs")[number % 4], k=30) for number in range(60)}
    runs = [
        make_run(day + 1, {name: line[day] for name, line in lines.items()}, commit=f"c{day // 3}") for day in range(30)
    ]
    for run in runs:
        store_run(database, run)
    found = {test.name: test.history for test in stored_tests(database, TRACK)}
    for name, line in lines.items():
        points = [
            Point(run.run_id, run.started, run.tilelang, run.commit, LETTERS[letter])
            for run, letter in zip(runs, line, strict=True)
        ]
        assert found[name] == history_of(name, points)
    assert {history.status for history in found.values()} >= {"new", "known", "flaky", "passing", "skipped"}


def test_tracks_are_apart_and_a_track_outlives_a_lane(database: Path) -> None:
    store_run(database, make_run(1, {"a": "P"}, track="cpu"))
    store_run(database, make_run(2, {"a": "F"}, track="h200"))
    new = Run(
        "run-3", "2026-03-03T00:00:00Z", "0.1.16", "0.1.16", "c1", tests=make_run(3, {"a": "F"}).tests, track="cpu"
    )
    store_run(database, new)
    assert standing_in(database, new).history["a"].changed_at == "tilelang 0.1.15 -> 0.1.16"
    assert [test.outcome for test in stored_tests(database, "h200")] == ["failed"]


def test_a_test_that_left_the_suite_is_absent_but_a_run_of_other_kinds_hides_nothing(database: Path) -> None:
    store_run(database, make_run(1, {"a": "P", "gone": "F"}))
    store_run(database, make_run(2, {"a": "P"}))
    store_run(
        database, Run("run-3", "2026-03-03T00:00:00Z", "0.1.15", machine="Linux", tests=(Record("d", "drift", FAILED),))
    )
    assert {test.name: test.absent for test in stored_tests(database, TRACK)} == {"a": False, "d": False, "gone": True}


def test_of_two_records_of_one_name_the_worse_counts(database: Path) -> None:
    tests = tuple(Record("a", "goldens", outcome) for outcome in ("passed", "failed", "skipped"))
    store_run(database, Run("r", "2026-03-01T00:00:00Z", "0.1.15", machine="Linux", tests=tests))
    assert outcomes(database) == [("a", "failed")]


def test_times_of_any_zone_are_ordered(database: Path) -> None:
    store_run(database, Run("late", "2026-03-01T02:00:00+00:00", "0.1.15"))
    store_run(database, Run("early", "2026-03-01T03:00:00+02:00", "0.1.15"))
    assert [run.run_id for run in runs_in(database)] == ["early", "late"]


@pytest.mark.parametrize(
    "run",
    [
        Run("r", "yesterday", "0.1.15"),
        Run("", "2026-03-01T00:00:00Z", "0.1.15"),
        Run("r", "2026-03-01T00:00:00Z", "0.1.15", tests=(Record("a", "goldens", "exploded"),)),
        Run("r", "2026-03-01T00:00:00Z", "0.1.15", tests=(Record("a", "cooking", "passed"),)),
    ],
)
def test_a_run_that_cannot_be_placed_is_refused_before_anything_is_written(database: Path, run: Run) -> None:
    with pytest.raises(UsageError):
        store_run(database, run)
    assert not database.exists()


def test_a_file_of_version_1_is_migrated_and_keeps_every_row(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
    assert [(run.run_id, run.track) for run in runs_in(path)] == [("old-1", "0.1.15 Linux"), ("old-2", "0.1.11 Linux")]
    assert [(t.name, t.outcome, t.message) for t in stored_tests(path, "0.1.11 Linux")] == [("a", "failed", "broken")]
    store_run(path, make_run(3, {"a": "F"}))
    assert stored_tests(path, TRACK)[0].history.status == "new"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)


def test_a_migrated_file_has_the_tables_of_a_new_one(tmp_path: Path, database: Path) -> None:
    old = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(VERSION_1)
    runs_in(old)
    store_run(database, make_run(1, {}))

    def shape(path: Path) -> dict[str, set[str]]:
        with closing(sqlite3.connect(path)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql IS NOT NULL")]
            return {name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")} for name in names}

    assert shape(old) == shape(database)


def test_a_migration_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
    monkeypatch.setitem(schema.MIGRATIONS, 2, (*schema.MIGRATIONS[2], "ALTER TABLE nothing ADD COLUMN x"))
    with pytest.raises(FindingError, match="cannot be opened or written"):
        runs_in(path)
    monkeypatch.undo()
    assert len(runs_in(path)) == 2


def _nightly(path: str, name: str, barrier: object) -> None:
    run = Run(name, "2026-03-01T00:00:00Z", "0.1.15", machine="Linux", tests=tuple(
        Record(f"t{number}", "goldens", "passed") for number in range(500)
    ))  # fmt: skip
    barrier.wait()  # type: ignore[attr-defined]
    store_run(Path(path), run)


def test_nightlies_that_write_at_once_all_land(database: Path) -> None:
    """Also into a file that none of them has made yet."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    writers = [context.Process(target=_nightly, args=(str(database), f"r{n}", barrier)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert {run.run_id for run in runs_in(database)} == {"r0", "r1", "r2"}
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM result").fetchone() == (1500,)


HOLD = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA locking_mode = EXCLUSIVE"); c.execute("BEGIN EXCLUSIVE")
print("held", flush=True); sys.stdin.read()
"""


@pytest.fixture
def held(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A history of one run that another process has locked."""
    store_run(database, make_run(1, {"a": "P"}))
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.2)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    yield database
    holder.communicate("")


def test_a_locked_history_says_so_and_takes_the_run_later(held: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    write_run(make_run(2, {"a": "F"}), file)
    with pytest.raises(FindingError, match="another process holds it; gave up after"):
        store_run(held, read_run(file))
    with pytest.raises(FindingError, match="another process"):
        runs_in(held)


def test_a_lock_that_is_let_go_in_time_is_waited_for(database: Path) -> None:
    store_run(database, make_run(1, {"a": "P"}))
    code = "import sqlite3, sys, time\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    code += "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); time.sleep(0.5)\n"
    holder = subprocess.Popen([sys.executable, "-c", code, str(database)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    assert store_run(database, make_run(2, {"a": "F"}))
    holder.communicate()


def _damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    texts = {
        "garbage": b"not a database at all, " * 200,
        "truncated": data[: len(data) // 2],
        "overwritten": data[:4096] + b"\xff" * (len(data) - 4096),
    }
    path.write_bytes(texts[how])


@pytest.mark.parametrize("how", ["garbage", "truncated", "overwritten"])
def test_a_damaged_history_is_left_alone_and_says_what_to_do(database: Path, how: str) -> None:
    store_run(database, make_run(1, {f"t{n}": "P" for n in range(500)}))
    _damage(database, how)
    before = database.read_bytes()
    with pytest.raises(UsageError, match="damaged; it is left as it is") as refusal:
        store_run(database, make_run(2, {"a": "F"}))
    assert "mv " in str(refusal.value) and "passlab history import" in str(refusal.value)
    assert database.read_bytes() == before
    database.rename(database.with_suffix(".damaged"))
    assert store_run(database, make_run(2, {"a": "F"}))


def test_a_page_that_the_new_rows_do_not_touch_is_looked_at_too(database: Path) -> None:
    """Rows would go in beside the damage, and the next reader would find it."""
    store_run(database, make_run(1, {f"t{n:04}": "P" for n in range(3000)}))
    data = bytearray(database.read_bytes())
    page = len(data) // 4096 // 3
    data[page * 4096 : (page + 1) * 4096] = b"\xff" * 4096
    database.write_bytes(bytes(data))
    with pytest.raises(UsageError, match="damaged"):
        store_run(database, make_run(2, {"zz": "P"}))
    assert database.read_bytes() == bytes(data)


def test_a_file_that_another_process_has_just_made_is_taken_as_it_is(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both saw an empty file, and one was first to make the tables."""
    store_run(database, make_run(1, {"a": "P"}))
    seen = schema._version
    answers = [0]
    monkeypatch.setattr(schema, "_version", lambda *args: answers.pop() if answers else seen(*args))
    assert store_run(database, make_run(2, {"a": "P"})) and not answers
    assert len(runs_in(database)) == 2


def test_a_newer_version_and_another_program_s_file_are_refused(tmp_path: Path, database: Path) -> None:
    store_run(database, make_run(1, {"a": "P"}))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    with pytest.raises(UsageError, match="version 3 is newer than this passlab, which knows 2"):
        store_run(database, make_run(2, {"a": "P"}))
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(UsageError, match="another program"):
        store_run(other, make_run(1, {}))
    with closing(sqlite3.connect(other)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


def test_no_history_is_told_apart_from_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no history there"):
        runs_in(tmp_path / "none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()


class Limited(sqlite3.Connection):
    """A connection that SQLite itself refuses to grow: a full disk."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.execute("PRAGMA max_page_count = 9")


class ReadOnly(sqlite3.Connection):
    """A connection that may only read: a file system that is mounted so."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.execute("PRAGMA query_only = ON")


@pytest.mark.parametrize(("kind", "words"), [(Limited, "the disk is full"), (ReadOnly, "readonly")])
def test_a_full_or_read_only_disk_loses_nothing(
    database: Path, monkeypatch: pytest.MonkeyPatch, kind: type[sqlite3.Connection], words: str
) -> None:
    store_run(database, make_run(1, {"a": "P"}))
    connect = sqlite3.connect
    monkeypatch.setattr(schema.sqlite3, "connect", lambda *args, **kwargs: connect(*args, **kwargs, factory=kind))
    with pytest.raises(FindingError, match=words):
        store_run(database, make_run(2, {f"t{n}": "F" for n in range(5000)}))
    monkeypatch.undo()
    assert outcomes(database) == [("a", "passed")]
    assert store_run(database, make_run(2, {"a": "F"}))


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PasslabError, match="cannot write there"):
        store_run(tmp_path / "file" / "history.sqlite", make_run(1, {}))


def test_a_run_survives_its_file(tmp_path: Path) -> None:
    run = make_run(1, {"a": "F"}, track="cpu")
    write_run(run, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == run


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "passlab-run", "version": 99}', '{"format": "other"}'])
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="not the file of a run"):
        read_run(tmp_path / "run.json")


def test_a_run_cut_short_is_refused(tmp_path: Path) -> None:
    write_run(make_run(1, {"a": "F"}), tmp_path / "run.json")
    data = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    del data["run"]["started"]
    (tmp_path / "run.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(UsageError, match="started"):
        read_run(tmp_path / "run.json")
