"""Puts runs into the history database, and reads from it how tests stand.

A run is stored in one transaction, and once: storing it again does nothing.
"""

from __future__ import annotations

import datetime
import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tl_passlab.errors import UsageError
from tl_passlab.history.record import EXPECTED, FAILED, KINDS, OUTCOMES, PASSED, SKIPPED, Record, Run
from tl_passlab.history.schema import check_sound, opened, transaction
from tl_passlab.history.standing import GOOD, Point, Standing, TestHistory, history_of, standing_of

MESSAGE_LENGTH = 500
# Of two records of one name (a test that failed, and whose teardown failed too) the worse one counts.
_WORST_FIRST = (FAILED, PASSED, EXPECTED, SKIPPED)


@dataclass(frozen=True)
class StoredRun:
    """A run as the database knows it."""

    number: int
    run_id: str
    track: str
    started: str
    lane: str
    tilelang: str
    commit: str


@dataclass(frozen=True)
class StoredTest:
    """A test of one track: what its newest run said, and its history. `absent`: that is not the track's newest run."""

    name: str
    kind: str
    case: str
    target: str
    outcome: str
    verdict: str
    message: str
    replay: str
    absent: bool
    history: TestHistory


def track_of(run: Run) -> str:
    """The series that a run continues."""
    return run.track or f"{run.lane} {run.machine}".strip()


def store_run(path: Path, run: Run) -> bool:
    """Store a run; False when it is there already. Raises as `opened` does, and UsageError for a run that is none."""
    head = _head(run)
    rows = [_row(record) for record in distinct(run.tests)]
    with opened(path, create=True) as connection:
        check_sound(connection)
        with transaction(connection):
            if connection.execute("SELECT 1 FROM run WHERE run_id = ?", (run.run_id,)).fetchone():
                return False
            number = connection.execute(
                "INSERT INTO run (run_id, track, started, lane, tilelang, commit_id, machine, devices)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                head,
            ).lastrowid
            connection.executemany(
                "INSERT INTO test (name, kind, case_name, target) VALUES (?, ?, ?, ?) ON CONFLICT (name)"
                " DO UPDATE SET kind = excluded.kind, case_name = excluded.case_name, target = excluded.target",
                [row[:4] for row in rows],
            )
            connection.executemany(
                "INSERT INTO result VALUES ((SELECT id FROM test WHERE name = ?), ?, ?, ?, ?, ?, ?, ?)",
                [(row[0], number, *row[4:]) for row in rows],
            )
    return True


def runs_in(path: Path) -> list[StoredRun]:
    """Every run, oldest first."""
    with opened(path) as connection:
        return _runs(connection)


def stored_tests(path: Path, track: str) -> list[StoredTest]:
    """Every test that a track ever ran, by name, with its history."""
    with opened(path) as connection:
        runs = [run for run in _runs(connection) if run.track == track]
        return _tests(connection, runs)


def standing_in(path: Path, run: Run) -> Standing:
    """A stored run against the runs of its track before it."""
    with opened(path) as connection:
        runs = [stored for stored in _runs(connection) if stored.track == track_of(run)]
        until = next((i for i, stored in enumerate(runs) if stored.run_id == run.run_id), -1)
        found = _tests(connection, runs[: until + 1], of_last=True)
    return standing_of(test.history for test in found)


def _runs(connection: sqlite3.Connection) -> list[StoredRun]:
    rows = connection.execute(
        "SELECT id, run_id, track, started, lane, tilelang, commit_id FROM run ORDER BY started, id"
    )
    return [StoredRun(*row) for row in rows]


def _tests(connection: sqlite3.Connection, runs: Sequence[StoredRun], of_last: bool = False) -> list[StoredTest]:
    """The tests of runs of one track, oldest run first; `of_last`: only those that the last run has."""
    points = _points(connection, runs, of_last)
    last = {test: ordered[-1][0] for test, ordered in points.items()}
    newest = _newest_of_kind(connection, runs)
    found = []
    for test, run in last.items():
        name, kind, *said = connection.execute(
            "SELECT name, kind, case_name, target, outcome, verdict, message, replay FROM test JOIN result ON test = id"
            " WHERE id = ? AND run = ?",
            (test, run),
        ).fetchone()
        case, target, outcome, verdict, message, replay = said
        absent, history = run != newest[kind], history_of(name, [p for _, p in points[test]])
        found.append(StoredTest(name, kind, case, target, outcome, verdict, message, replay, absent, history))
    return sorted(found, key=lambda test: test.name)


def _points(
    connection: sqlite3.Connection, runs: Sequence[StoredRun], of_last: bool
) -> dict[int, list[tuple[int, Point]]]:
    """For each test its points, oldest first, each with the number of its run.

    Of a test that neither failed nor was measured, which most are, the last good and the last point say everything.
    """
    connection.execute("CREATE TEMP TABLE placed (run INTEGER PRIMARY KEY, place INTEGER)")
    connection.executemany("INSERT INTO placed VALUES (?, ?)", [(run.number, n) for n, run in enumerate(runs)])
    asked = "test IN (SELECT test FROM result WHERE run = (SELECT run FROM placed ORDER BY place DESC LIMIT 1))"
    rows = "FROM result JOIN placed USING (run) WHERE " + (asked if of_last else "true")
    telling = f"SELECT test {rows} GROUP BY test HAVING max(outcome = '{FAILED}' OR measure_ms IS NOT NULL)"
    fields = "SELECT test, run, outcome, measure_ms"
    found = {row[:2]: row[2:] for row in connection.execute(f"{fields} {rows} AND test IN ({telling})")}
    good = ", ".join(f"'{outcome}'" for outcome in GOOD)
    for narrowed in ("true", f"outcome IN ({good})"):
        # SQLite takes the other columns from the row that has the maximum.
        newest = connection.execute(f"{fields}, max(place) {rows} AND {narrowed} GROUP BY test")
        found.update({row[:2]: row[2:4] for row in newest})
    points: dict[int, list[tuple[int, Point]]] = {}
    place = {run.number: n for n, run in enumerate(runs)}
    for (test, run), (outcome, measure_ms) in sorted(found.items(), key=lambda item: (item[0][0], place[item[0][1]])):
        points.setdefault(test, []).append((run, _point(runs[place[run]], outcome, measure_ms)))
    return points


def _newest_of_kind(connection: sqlite3.Connection, runs: Sequence[StoredRun]) -> dict[str, int]:
    """For each kind of test the newest of the runs that has any: a run of one step says nothing about the others."""
    rows = connection.execute(
        "SELECT kind, run, max(place) FROM result JOIN placed USING (run) JOIN test ON test = id GROUP BY kind"
    )
    return {kind: run for kind, run, _ in rows}


def _point(run: StoredRun, outcome: str, measure_ms: float | None) -> Point:
    return Point(run.run_id, run.started, run.tilelang, run.commit, outcome, measure_ms)


def _head(run: Run) -> tuple[str, ...]:
    """The row of a run. Raises UsageError when it cannot be placed in a history."""
    try:
        when = datetime.datetime.fromisoformat(run.started.replace("Z", "+00:00"))
    except ValueError as error:
        raise UsageError("history", run.run_id, f"started at no time: {run.started!r}") from error
    if not run.run_id:
        raise UsageError("history", "", "a run without run_id")
    utc = when.replace(tzinfo=when.tzinfo or datetime.timezone.utc).astimezone(datetime.timezone.utc)
    started = utc.isoformat(timespec="seconds")
    devices = json.dumps(list(run.devices))
    return run.run_id, track_of(run), started, run.lane, run.tilelang, run.commit, run.machine, devices


def _row(record: Record) -> tuple[str | float | None, ...]:
    if record.outcome not in OUTCOMES or record.kind not in KINDS:
        raise UsageError("history", record.name, f"unknown kind or outcome: {record.kind}, {record.outcome}")
    measure = record.measure_ms if record.measure_ms is not None and math.isfinite(record.measure_ms) else None
    about = (record.name, record.kind, record.case, record.target)
    said = (record.verdict, record.message[:MESSAGE_LENGTH], record.replay)
    return (*about, record.outcome, record.seconds, measure, *said)


def distinct(records: Sequence[Record]) -> list[Record]:
    """One record for each name: the worst of those that share it."""
    kept: dict[str, Record] = {}
    for record in sorted(records, key=lambda r: _WORST_FIRST.index(r.outcome) if r.outcome in _WORST_FIRST else -1):
        kept.setdefault(record.name, record)
    return list(kept.values())
