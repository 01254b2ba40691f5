"""Runs as files: what nightly writes first, whatever becomes of the database; `passlab history import` takes them."""

from __future__ import annotations

import json
from pathlib import Path

from tl_passlab.errors import UsageError
from tl_passlab.files import write_whole
from tl_passlab.history.record import Run, from_json, to_json


def write_run(run: Run, path: Path) -> None:
    """Write a run; a reader sees the old file or the new one, never half of one. Raises UsageError."""
    try:
        write_whole(path, json.dumps(to_json(run), indent=1) + "\n")
    except OSError as error:
        raise UsageError("run", str(path), f"cannot write there: {error.strerror or error}") from error


def read_run(path: Path) -> Run:
    """The run in a file. Raises UsageError when it is absent, damaged, or of a newer version."""
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError("run", str(path), f"not readable: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"not the file of a run: {type(error).__name__}: {error}"
        raise UsageError("run", str(path), why, next_command="passlab history import OUT/run.json") from error
