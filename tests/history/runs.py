"""Runs made up for tests, and the rows of a version 1 database as SQL."""

from __future__ import annotations

from collections.abc import Mapping

from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED, Record, Run

LETTERS = {"P": PASSED, "F": FAILED, "s": SKIPPED, "x": EXPECTED}

VERSION_1 = """
PRAGMA application_id = 1886151010;
PRAGMA user_version = 1;
CREATE TABLE run (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, started TEXT NOT NULL, lane TEXT NOT NULL,
  tilelang TEXT NOT NULL, commit_id TEXT NOT NULL, machine TEXT NOT NULL, devices TEXT NOT NULL);
CREATE TABLE test (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, case_name TEXT NOT NULL,
  target TEXT NOT NULL);
CREATE TABLE result (test INTEGER NOT NULL REFERENCES test, run INTEGER NOT NULL REFERENCES run, outcome TEXT NOT NULL,
  seconds REAL NOT NULL, measure_ms REAL, verdict TEXT NOT NULL, message TEXT NOT NULL, replay TEXT NOT NULL,
  PRIMARY KEY (test, run)) WITHOUT ROWID;
INSERT INTO run VALUES (1, 'old-1', '2026-01-01T00:00:00+00:00', '0.1.15', '0.1.15', 'c1', 'Linux', '[]');
INSERT INTO run VALUES (2, 'old-2', '2026-01-02T00:00:00+00:00', '0.1.11', '0.1.11', 'c1', 'Linux', '["H200"]');
INSERT INTO test VALUES (1, 'a', 'goldens', 'elementwise/add', 'metal');
INSERT INTO result VALUES (1, 1, 'passed', 0.5, NULL, '', '', '');
INSERT INTO result VALUES (1, 2, 'failed', 0.5, 1.25, 'x', 'broken', 'pytest a');
"""


def make_run(number: int, outcomes: Mapping[str, str], commit: str = "", **fields: str) -> Run:
    """Run `number`, a day after the one before; {"a": "P", "b": "F"} is `a` passing and `b` failing."""
    tests = tuple(
        Record(name, "goldens", LETTERS[letter], "elementwise/add", "metal", message=f"{name} says {letter}")
        for name, letter in outcomes.items()
    )
    started = f"2026-03-{number:02}T02:00:00+00:00"
    return Run(f"run-{number}", started, "0.1.15", "0.1.15", commit or f"c{number}", "Linux", tests=tests, **fields)
