"""One way to write a file of ours: whole or not at all, with the permissions of any other file."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tl_passlab.files import write_whole


def test_a_file_is_written_byte_for_byte_as_open_would_leave_it(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "a.txt"
    write_whole(path, "one\r\ntwo\udcff")
    assert path.read_bytes() == b"one\r\ntwo\xff"
    plain = tmp_path / "plain"
    plain.write_text("", encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_write_that_fails_leaves_the_old_text_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, "old")

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old" and list(tmp_path.iterdir()) == [path]


def test_writers_at_the_same_time_leave_one_whole_text(tmp_path: Path) -> None:
    """In one process too: threads share the process number."""
    path, texts = tmp_path / "a.txt", [str(number) * 100_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: write_whole(path, text), texts * 20))
    assert path.read_text(encoding="utf-8") in texts and list(tmp_path.iterdir()) == [path]


def test_a_folder_that_somebody_tidies_up_while_it_is_empty_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, tidied = Path.open, []

    def tidy_first(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if mode == "xb" and len(tidied) < 3:
            path.parent.rmdir()
            tidied.append(path)
        return opened(path, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", tidy_first)
    write_whole(tmp_path / "a" / "b" / "c.txt", "text")
    assert len(tidied) == 3 and [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["c.txt"]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_whole(tmp_path / "file" / "a.txt", "text")
