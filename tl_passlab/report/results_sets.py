"""Reads whatever a run left behind (a run document, a parity run, pytest's JUnit XML, ...) as one run to report on."""

from __future__ import annotations

import dataclasses
import json
import math
import sqlite3
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tl_passlab.cases import find_cases
from tl_passlab.errors import PasslabError, UsageError
from tl_passlab.history.adapters import parity_records
from tl_passlab.history.junit import junit_records
from tl_passlab.history.record import FORMAT, OUTCOMES, Record, Run, from_json
from tl_passlab.history.schema import opened
from tl_passlab.history.standing import Standing, standing_of
from tl_passlab.history.store import standing_in, store_run
from tl_passlab.parity import results as parity
from tl_passlab.report.results_semantics import blame_record, check_record, is_blame, is_check, with_guilty
from tl_passlab.targets import all_specs, parse_target

# What a folder may hold, the most telling first.
FILES = ("run.json", parity.FILE, "junit.xml")
READ = "a run document, a parity run, pytest's JUnit XML, or the JSON of check or blame"


def read_sets(paths: Sequence[Path]) -> list[Run]:
    """A run for each set. Raises UsageError for the first that is none."""
    return [_checked(_read(path), path) for path in paths]


def merged(runs: Sequence[Run]) -> Run:
    """Several sets as one run: all tests; of the rest what they have in common, or the list of what they have."""
    tests = with_guilty([record for run in runs for record in run.tests])
    if len(runs) == 1:
        return dataclasses.replace(runs[0], tests=tests)

    def every(values: Sequence[str]) -> str:
        return ", ".join(dict.fromkeys(value for value in values if value))

    return Run(
        run_id=every([run.run_id for run in runs]),
        started=min((run.started for run in runs if run.started), default=""),
        lane=every([run.lane for run in runs]),
        tilelang=every([run.tilelang for run in runs]),
        commit=every([run.commit for run in runs]),
        machine=every([run.machine for run in runs]),
        devices=tuple(dict.fromkeys(device for run in runs for device in run.devices)),
        tests=tests,
    )


def standing_of_sets(database: Path, runs: Sequence[Run]) -> Standing:
    """How the sets stand against a history that may or may not hold them; the history is not written to."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "history.sqlite")
        with opened(database) as source:
            target = sqlite3.connect(copy)
            source.backup(target)
            target.close()
        found = []
        for run in runs:
            if not run.started:
                # The answer of one command, not a run: it has no place in a history.
                continue
            store_run(copy, run)
            found.append(standing_in(copy, run))
    return standing_of(past for standing in found for past in standing.history.values())


def _read(path: Path) -> Run:
    file = next((path / name for name in FILES if (path / name).is_file()), path) if path.is_dir() else path
    if file.is_dir():
        raise UsageError(
            "report", str(path), f"none of {', '.join(FILES)} is there", next_command="passlab report FILE"
        )
    try:
        head = file.read_bytes()[:1024].lstrip()
    except OSError as error:
        raise UsageError("report", str(path), f"not readable: {error.strerror or error}") from error
    if head.startswith(b"<") or head.startswith(b"\xef\xbb\xbf<"):
        return _junit_run(file)
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(document, dict) and (is_check(document) or is_blame(document)):
            record = check_record(document) if is_check(document) else blame_record(document)
            return Run(file.stem, "", record.lane, record.lane, tests=(record,))
        form = document["format"]
    except (ValueError, KeyError, TypeError, OSError) as error:
        why = f"not {READ}: {type(error).__name__}: {error}"
        raise UsageError("report", str(file), why, next_command="passlab report --help") from error
    if form == parity.FORMAT:
        return _parity_run(file)
    if form != FORMAT:
        raise UsageError(
            "report", str(file), f"its format is {form!r}, not {READ}", next_command="passlab report --help"
        )
    try:
        return from_json(document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError("report", str(file), f"not the file of a run: {type(error).__name__}: {error}") from error


def _parity_run(file: Path) -> Run:
    found = parity.read_results(file)
    about = found.run
    try:
        records = tuple(parity_records(found))
        devices = tuple(
            f"{d['name']} ({d['arch']})" if d.get("arch") else str(d["name"]) for d in about.get("devices", ())
        )
        version = str(about.get("packages", {}).get("tilelang") or "")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError("report", str(file), f"not a parity run: {type(error).__name__}: {error}") from error
    name = file.parent.name if file.name == parity.FILE else file.stem
    system = str(about.get("system") or "")
    return Run(name, str(about.get("started") or ""), version, version, machine=system, devices=devices, tests=records)


def _junit_run(file: Path) -> Run:
    try:
        suite = next(ET.parse(file).getroot().iter("testsuite"), None)
    except (OSError, ET.ParseError) as error:
        raise UsageError("report", str(file), f"not readable as JUnit XML: {error}") from error
    if suite is None:
        raise UsageError("report", str(file), f"no test suite in it, so not {READ}")
    try:
        names = {case.name.rpartition("/")[2]: case.name for case in find_cases()}
    except PasslabError:
        # Outside a checkout the tests keep their names; only the matrix has no cases then.
        names = {}
    slugs = {parse_target(spec).slug: spec for spec in all_specs()}
    try:
        records = tuple(junit_records(file, names, slugs, ""))
    except ValueError as error:
        raise UsageError("report", str(file), f"not pytest's JUnit XML: {error}") from error
    return Run(file.stem, suite.get("timestamp", ""), "", machine=suite.get("hostname", ""), tests=records)


def _checked(run: Run, path: Path) -> Run:
    """The run, every field of it of the type it says: what was read may have been written by anything."""
    faults = _faults(dataclasses.replace(run, tests=()))
    for record in run.tests:
        faults = faults or _faults(record)
        if not faults and record.outcome not in OUTCOMES:
            faults = [f"outcome {record.outcome!r} is none of {', '.join(OUTCOMES)}"]
    if not all(isinstance(device, str) for device in run.devices):
        faults = ["devices must be text"]
    if faults:
        raise UsageError("report", str(path), f"not the results of a run: {faults[0]}")
    return run


def _faults(value: Run | Record) -> list[str]:
    faults = []
    for field in dataclasses.fields(value):
        found: Any = getattr(value, field.name)
        number = isinstance(found, (int, float)) and not isinstance(found, bool) and math.isfinite(found)
        fine = {"str": isinstance(found, str), "float": number, "float | None": number or found is None}
        if not fine.get(str(field.type), True):
            faults.append(f"{field.name} is {str(found)[:40]!r}")
    return faults
