"""Writing a file for a user: one message when it cannot be done, whichever command was asked to."""

from __future__ import annotations

import os
from pathlib import Path

from tl_passlab.errors import UsageError


def write_text(what: str, path: Path, text: str) -> None:
    """Write where the user says, a device or a pipe too. Raises UsageError on behalf of `what`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(what, str(path), f"cannot write: {error.strerror or error}") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file of ours; a reader sees the old one or the new one, never half of one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
