"""The history database: its tables, its versions, and one way to open it that turns SQLite's errors into ours.

Version 2, in `PRAGMA user_version`; `PRAGMA application_id` says that the file is ours:

run     id, run_id (unique), track, started (UTC, ISO 8601), lane, tilelang, commit_id, machine, devices (JSON list)
test    id, name (unique), kind, case_name, target: what the newest stored run says of a test
result  test, run, outcome, seconds, measure_ms, verdict, message, replay: one row for each test of each run

Runs of one `track` are compared with each other. Version 1 had none: its runs get their lane and machine. A migration
is one transaction, as is storing a run. A file that is not a sound history is never written to.
"""

from __future__ import annotations

import contextlib
import shlex
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tl_passlab.errors import FindingError, PasslabError, UsageError

APPLICATION_ID = 0x706C6162
VERSION = 2
DEFAULT = Path(".passlab", "history.sqlite")
# A nightly of thousands of tests is stored in less than a second; who waits longer than this waits for a stuck process.
BUSY_SECONDS = 30.0

CREATE = (
    "CREATE TABLE run (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, track TEXT NOT NULL, started TEXT NOT NULL,"
    " lane TEXT NOT NULL, tilelang TEXT NOT NULL, commit_id TEXT NOT NULL, machine TEXT NOT NULL,"
    " devices TEXT NOT NULL)",
    "CREATE TABLE test (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,"
    " case_name TEXT NOT NULL, target TEXT NOT NULL)",
    "CREATE TABLE result (test INTEGER NOT NULL REFERENCES test, run INTEGER NOT NULL REFERENCES run,"
    " outcome TEXT NOT NULL, seconds REAL NOT NULL, measure_ms REAL, verdict TEXT NOT NULL, message TEXT NOT NULL,"
    " replay TEXT NOT NULL, PRIMARY KEY (test, run)) WITHOUT ROWID",
    "CREATE INDEX run_track ON run (track, started)",
    "CREATE INDEX result_run ON result (run)",
)
# What brings a file of the version before to this one.
MIGRATIONS: dict[int, tuple[str, ...]] = {
    2: (
        "ALTER TABLE run ADD COLUMN track TEXT NOT NULL DEFAULT ''",
        "UPDATE run SET track = trim(lane || ' ' || machine)",
        "CREATE INDEX run_track ON run (track, started)",
        "CREATE INDEX result_run ON result (run)",
    ),
}


@contextlib.contextmanager
def opened(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection to a history of the present version, migrated if need be.

    Raises UsageError when there is none (unless it may be created) or the file is no sound history; FindingError when
    it is locked, or cannot be written. Errors of the body are told the same way.
    """
    if not create and not path.is_file():
        raise UsageError("history", str(path), "no history there", next_command="python tools/nightly.py --quick")
    connection = None
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        _prepare(connection, path)
        yield connection
    except sqlite3.Error as error:
        raise _explained(error, path) from error
    except OSError as error:
        raise FindingError("history", str(path), f"cannot write there: {error.strerror or error}") from error
    finally:
        if connection is not None:
            connection.close()


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything or nothing; the lock is taken at once, so that two writers wait for each other instead of failing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # A full disk has rolled it back already.
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def check_sound(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError when pages of the file are damaged or missing; asked before it is written to."""
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise sqlite3.DatabaseError(f"malformed: {answer}")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new file, or bring those of an old one to the present version."""
    version = _version(connection, path)
    if version == VERSION:
        return
    if version:
        check_sound(connection)
    with transaction(connection):
        # Another process may have done it in between.
        version = _version(connection, path)
        for statement in CREATE if version == 0 else _steps(version):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    # Readers then never wait for a writer. A matter of speed alone: some file systems refuse it.
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL").fetchone()


def _steps(version: int) -> list[str]:
    return [statement for number in range(version + 1, VERSION + 1) for statement in MIGRATIONS[number]]


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the file, 0 for an empty one. Raises UsageError when it is another program's, or a newer one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables:
        return 0
    if application != APPLICATION_ID:
        raise UsageError("history", str(path), "a SQLite database of another program", next_command="--db FILE")
    if version > VERSION:
        why = f"version {version} is newer than this passlab, which knows {VERSION}; nothing was changed"
        raise UsageError("history", str(path), why, next_command="update passlab, or give another file: --db FILE")
    return int(version)


def _explained(error: sqlite3.Error, path: Path) -> PasslabError:
    """SQLite's error as ours. By its words: its error codes are known to Python from 3.11 on."""
    said = str(error)
    if "locked" in said or "busy" in said:
        why = f"another process holds it; gave up after {BUSY_SECONDS:g} s"
        return FindingError("history", str(path), why, evidence=said, next_command=f"fuser {shlex.quote(str(path))}")
    if "malformed" in said or "not a database" in said:
        aside = shlex.quote(f"{path}.damaged")
        return UsageError(
            "history",
            str(path),
            "damaged; it is left as it is, and nothing was stored",
            evidence=said,
            next_command=f"mv {shlex.quote(str(path))} {aside}   then: passlab history import RUN.json ...",
        )
    why = "the disk is full; nothing was stored" if "full" in said else f"cannot be opened or written: {said}"
    return FindingError("history", str(path), why)
