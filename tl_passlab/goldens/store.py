"""Reads and writes goldens. In CI nothing here writes: a golden changes where a person looks at it."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from tl_passlab import files
from tl_passlab.errors import FindingError, UsageError


def in_ci() -> bool:
    """Whether this is a CI job, by the variable that every CI service sets."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def refuse_in_ci(command: str) -> None:
    """Raise UsageError in CI, where no golden may be written."""
    if in_ci():
        raise UsageError(
            "goldens",
            command,
            "goldens are never written in CI; the new texts are pending",
            next_command="passlab pending --export pending.zip; at your desk: passlab review --import pending.zip",
        )


def read_golden(path: Path) -> str | None:
    """The stored text, None when there is none. Line ends are kept as they are: a CRLF golden is a difference."""
    try:
        return path.read_bytes().decode("utf-8", errors="surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return None


def digest(content: str | None) -> str:
    """The SHA-256 of a text, empty for None."""
    return "" if content is None else hashlib.sha256(content.encode("utf-8", errors="surrogateescape")).hexdigest()


def write_golden(path: Path, content: str) -> None:
    """Write a golden. Raises UsageError in CI, FindingError when the file system refuses."""
    refuse_in_ci(f"writing {path.name}")
    write_whole(path, content)


def remove_golden(path: Path) -> None:
    """Delete a golden that may be gone already. Raises UsageError in CI, FindingError when the file system refuses."""
    refuse_in_ci(f"removing {path.name}")
    remove_whole(path)


def move_golden(source: Path, path: Path) -> None:
    """Move a file to a golden's place in one step; across file systems by a whole copy. Raises as `write_golden`."""
    refuse_in_ci(f"writing {path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        source.replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise _refused(path, error) from error
        write_whole(path, source.read_bytes().decode("utf-8", errors="surrogateescape"))
        source.unlink(missing_ok=True)


def write_whole(path: Path, content: str) -> None:
    """Write a file so that a reader, or a crash, sees the old or the new text and nothing between.

    Raises FindingError when the disk is full or the folder read-only; the old file is then as it was.
    """
    try:
        files.write_whole(path, content)
    except OSError as error:
        raise _refused(path, error) from error


def remove_whole(path: Path) -> None:
    """Delete a file that may be gone already. Raises FindingError when the file system refuses."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> FindingError:
    why = f"cannot write: {error.strerror or error}; nothing was changed"
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        command = "PASSLAB_PENDING=/a/writable/folder keeps the pending goldens outside a read-only checkout"
    else:
        command = "make room, then run the command again: what is pending stays pending"
    return FindingError("goldens", str(path), why, next_command=command)


def provenance(versions: Mapping[str, str]) -> str:
    """The text of LANE.toml: what the goldens of a lane were made with."""
    lines = ["# What the goldens beside this file were made with.", *(f'{k} = "{v}"' for k, v in versions.items())]
    return "\n".join(lines) + "\n"
