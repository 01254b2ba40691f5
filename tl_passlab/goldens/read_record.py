"""Which goldens the last full test run of a lane did not read: written by the pytest plugin, used by the check."""

from __future__ import annotations

import json
from pathlib import Path

from tl_passlab.goldens import store
from tl_passlab.goldens.identity import FOLDER

RECORD = Path(".passlab", "goldens-read")


def read_record(root: Path, lane: str) -> list[str]:
    """The goldens that were not read; none when there was no such run."""
    try:
        return [str(path) for path in json.loads((root / RECORD / f"{lane}.json").read_text())["unread"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def write_record(root: Path, read: set[str]) -> None:
    """Record, for each lane that was read from, which goldens lie beside those that were read."""
    unread: dict[str, list[str]] = {}
    for folder in sorted({_lane_folder(path) for path in read}):
        stored = {p.relative_to(root).as_posix() for p in (root / folder).rglob("*") if p.is_file()}
        unread.setdefault(folder.rpartition("/")[2], []).extend(sorted(stored - read))
    for lane, paths in unread.items():
        store.write_whole(root / RECORD / f"{lane}.json", json.dumps({"unread": paths}, indent=1) + "\n")


def _lane_folder(path: str) -> str:
    """`tests/goldens/0.1.15` for a golden below it."""
    before, _, inside = path.rpartition(f"{FOLDER}/")
    return f"{before}{FOLDER}/{inside.partition('/')[0]}"
