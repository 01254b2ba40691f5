"""Results of a parity run as files: `results.json` in a folder of their own, written whole or not at all.

Format `passlab-parity`, version 1: `{"format", "version", "run": {...}, "outcomes": [...], "skipped": [...]}`. `run`
says when, where and with what; an outcome is `outcome.Outcome` as JSON; a skipped pair is `{"case", "target",
"reason"}`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tl_passlab.errors import UsageError
from tl_passlab.files import write_whole
from tl_passlab.parity.outcome import Outcome, from_json, to_json

FORMAT = "passlab-parity"
VERSION = 1
FILE = "results.json"
STORE = Path(".passlab", "parity")


@dataclass(frozen=True)
class Results:
    """One parity run."""

    run: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]
    skipped: tuple[Mapping[str, str], ...] = ()


def as_json(results: Results) -> dict[str, Any]:
    """The document of a run."""
    outcomes = [to_json(outcome) for outcome in results.outcomes]
    head = {"format": FORMAT, "version": VERSION, "run": dict(results.run)}
    return {**head, "outcomes": outcomes, "skipped": [dict(row) for row in results.skipped]}


def write_results(results: Results, folder: Path) -> Path:
    """Write a run into a folder; a reader sees the old file or the new one, never half of one."""
    try:
        path = folder / FILE
        write_whole(path, json.dumps(as_json(results), indent=1) + "\n")
    except OSError as error:
        raise UsageError("results", str(folder), f"cannot write there: {error.strerror}") from error
    return path


def read_results(folder: Path) -> Results:
    """A run from a folder or its file. Raises UsageError when it is absent, damaged, or of a newer version."""
    path = folder / FILE if folder.is_dir() else folder
    if not path.is_file():
        raise UsageError("results", str(folder), f"no {FILE} there", next_command="passlab parity --out DIR")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise ValueError(f"its format is {data['format']!r}")
        if data["version"] > VERSION:
            raise ValueError(f"version {data['version']} is newer than this passlab, which reads {VERSION}")
        outcomes = tuple(from_json(row) for row in data["outcomes"])
        return Results(dict(data["run"]), outcomes, tuple(dict(row) for row in data.get("skipped", ())))
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        why = f"not results of a parity run: {type(error).__name__}: {error}"
        raise UsageError("results", str(path), why, next_command="passlab parity --out DIR") from error


def import_results(folder: Path, store: Path = STORE) -> tuple[Path, Results, bool]:
    """Copy a run into the store, under its time and content; False when that very run is there already."""
    results = read_results(folder)
    text = json.dumps(as_json(results), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    stamp = "".join(c for c in str(results.run.get("started", "unknown")) if c.isalnum())
    place = store / f"{stamp}-{digest}"
    known = (place / FILE).is_file()
    if not known:
        write_results(results, place)
    return place, results, not known


def skipped_rows(pairs: Sequence[tuple[str, str, str]]) -> tuple[Mapping[str, str], ...]:
    """Rows for pairs that were not run."""
    return tuple({"case": case, "target": target, "reason": reason} for case, target, reason in pairs)
