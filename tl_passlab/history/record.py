"""A run and its tests as plain data: what nightly writes, the history database keeps and the HTML report shows.

Every kind of test (golden, semantic, parity, determinism, drift, benchmark) is brought to this one form, so that the
database and the report know nothing of where a result came from. As a file: `{"format": "passlab-run", "version": 1,
"run": {...}, "tests": [...]}`, the fields those of `Run` and `Record`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORMAT = "passlab-run"
VERSION = 1

PASSED = "passed"
FAILED = "failed"
SKIPPED = "skipped"
# A known upstream defect that shows, as the suite expects.
EXPECTED = "expected failure"
OUTCOMES = (PASSED, FAILED, SKIPPED, EXPECTED)

KINDS = ("goldens", "semantics", "parity", "determinism", "drift", "bench", "tests")


@dataclass(frozen=True)
class Record:
    """One test of one run.

    `name` is stable over runs: the key of its history. `seconds` is how long the test took; `measure_ms` the kernel's
    own time where it was measured. `error_map` is plain text, one character a cell; `diff` unified text of what the
    guilty pass did; `pass_table` one line for each pass that ran, as in a golden's `pipeline.txt`. `blame` is the
    command that executes the same kernel, with the same sizes and seed, at every pass boundary, where that may tell
    something; `blamed` what it said.
    """

    name: str
    kind: str
    outcome: str
    case: str = ""
    target: str = ""
    runner: str = ""
    lane: str = ""
    verdict: str = ""
    message: str = ""
    detail: str = ""
    pass_name: str = ""
    diff: str = ""
    error_map: str = ""
    replay: str = ""
    seconds: float = 0.0
    measure_ms: float | None = None
    pass_table: str = ""
    blame: str = ""
    blamed: str = ""


@dataclass(frozen=True)
class Run:
    """One run of a suite: when (UTC, ISO 8601), where, of which versions; and its tests.

    Runs of one `track` are compared with each other (`cpu`, `h200`); without one, those of the same lane and machine.
    """

    run_id: str
    started: str
    lane: str
    tilelang: str = ""
    commit: str = ""
    machine: str = ""
    devices: tuple[str, ...] = ()
    tests: tuple[Record, ...] = ()
    track: str = ""


def to_json(run: Run) -> dict[str, Any]:
    """The document of a run."""
    fields = dataclasses.asdict(run)
    tests = fields.pop("tests")
    return {"format": FORMAT, "version": VERSION, "run": fields, "tests": list(tests)}


def from_json(data: Mapping[str, Any]) -> Run:
    """The run of `to_json`'s document. Raises KeyError, TypeError or ValueError when it is none."""
    if data["format"] != FORMAT:
        raise ValueError(f"its format is {data['format']!r}")
    if data["version"] > VERSION:
        raise ValueError(f"version {data['version']} is newer than this passlab, which reads {VERSION}")
    fields = dict(data["run"])
    devices = tuple(fields.pop("devices", ()))
    return Run(**fields, devices=devices, tests=tuple(Record(**row) for row in data["tests"]))
