"""Writing a file: for a user, one message when it cannot be done; of ours, whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import BinaryIO

from tl_passlab.errors import UsageError

# The names of half-written files; a write that is killed leaves one, and `passlab goldens check` finds it.
TEMPORARY = ".passlab-"
# How often another process may take a folder away while it is empty, before that is an error.
ATTEMPTS = 100


def write_text(what: str, path: Path, text: str) -> None:
    """Write where the user says, a device or a pipe too. Raises UsageError on behalf of `what`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(what, str(path), f"cannot write: {error.strerror or error}") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file of ours; a reader, or a crash, sees the old text or the new one and nothing between.

    Raises OSError; the old file is then as it was. Writers at the same time each leave a whole file, one of them last.
    """
    draft = path.with_name(f"{TEMPORARY}{path.name}.{secrets.token_hex(6)}")
    stream = _opened(draft)
    try:
        with stream:
            stream.write(text.encode("utf-8", errors="surrogateescape"))
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _opened(draft: Path) -> BinaryIO:
    """A new file in a folder that is made for it, and made again where somebody who tidies up was faster."""
    for _ in range(ATTEMPTS):
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            return _opened_once(draft)
    return _opened_once(draft)


def _opened_once(draft: Path) -> BinaryIO:
    draft.parent.mkdir(parents=True, exist_ok=True)
    return draft.open("xb")
