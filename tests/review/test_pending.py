"""The pending mirror: nothing is overwritten before it is accepted, nothing is lost when accepting fails."""

from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.review.project import make_read_only, make_writable
from tests.review.synthetic import LANE, make_pending, store_goldens
from tl_passlab.errors import FindingError, UsageError
from tl_passlab.files import TEMPORARY
from tl_passlab.goldens import pending, store
from tl_passlab.goldens.pending import Mirror, Pending, accept_pending, discard, entries, find_mirror, read_text
from tl_passlab.review import decide

LAYOUT = frozenset({"layout"})


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    """A project with one case stored and its layout changed."""
    monkeypatch.delenv("CI", raising=False)
    found = Mirror(tmp_path, tmp_path / ".passlab" / "pending")
    store_goldens(tmp_path, [0])
    make_pending(found, 0, LAYOUT)
    return found


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def by_label(mirror: Mirror, label: str) -> Pending:
    return next(entry for entry in entries(mirror) if entry.label == label)


def test_pending_mirrors_the_path_and_leaves_the_golden(mirror: Mirror) -> None:
    path = f"goldens/{LANE}/cuda_sm_80/synthetic/kernel_000/LayoutInference.diff"
    entry = by_label(mirror, "LayoutInference")
    assert entry.path == path
    assert "_i % 4" in (mirror.folder / path).read_text()
    assert "_i % 8" in (mirror.root / path).read_text()


def test_accept_moves_the_text_and_leaves_nothing_behind(mirror: Mirror) -> None:
    texts = {entry.path: read_text(mirror, entry) for entry in entries(mirror)}
    outcome = decide.accept(mirror, entries(mirror))
    assert len(outcome.accepted) == len(texts) == 4
    assert {path: (mirror.root / path).read_text() for path in texts} == texts
    assert tree(mirror.folder) == {}


def test_reject_keeps_the_golden_and_forgets_the_text(mirror: Mirror) -> None:
    before = tree(mirror.root / "goldens")
    decide.reject(mirror, entries(mirror))
    assert tree(mirror.root / "goldens") == before
    assert entries(mirror) == []


def test_accept_of_a_golden_that_is_to_go_deletes_it(mirror: Mirror) -> None:
    entry = by_label(mirror, "kernel")
    about = json.loads(mirror.about_path(entry.path).read_text())
    mirror.about_path(entry.path).write_text(json.dumps({**about, "status": "missing", "new": ""}))
    accept_pending(mirror, by_label(mirror, "kernel"))
    assert not (mirror.root / entry.path).exists()


def test_accept_refuses_a_golden_that_changed_since(mirror: Mirror) -> None:
    entry = by_label(mirror, "LayoutInference")
    (mirror.root / entry.path).write_text("someone's edit\n")
    outcome = decide.accept(mirror, [entry])
    assert "changed since" in outcome.refused[entry.path]
    assert (mirror.root / entry.path).read_text() == "someone's edit\n"
    assert by_label(mirror, "LayoutInference") == entry


def test_accept_refuses_a_text_that_is_not_the_reported_one(mirror: Mirror) -> None:
    entry = by_label(mirror, "LayoutInference")
    mirror.text_path(entry.path).write_text("tampered\n")
    with pytest.raises(FindingError, match="not the one the test reported"):
        accept_pending(mirror, entry)


def test_broken_claim_is_accepted_only_when_asked_for(mirror: Mirror) -> None:
    entry = by_label(mirror, "kernel")
    about = json.loads(mirror.about_path(entry.path).read_text())
    mirror.about_path(entry.path).write_text(json.dumps({**about, "claims": {"claim_a": "", "claim_b": "no barrier"}}))
    before = (mirror.root / entry.path).read_bytes()
    refused = decide.accept(mirror, [by_label(mirror, "kernel")])
    assert refused.refused == {entry.path: "claim_b does not hold: no barrier"}
    assert (mirror.root / entry.path).read_bytes() == before
    assert decide.accept(mirror, [by_label(mirror, "kernel")], even_if_claims_fail=True).refused == {}


def test_entry_that_is_stored_by_now_is_cleared_away(mirror: Mirror) -> None:
    entry = by_label(mirror, "LayoutInference")
    text = read_text(mirror, entry)
    assert text is not None
    (mirror.root / entry.path).write_text(text)
    assert entry.path not in {e.path for e in entries(mirror)}
    assert not mirror.about_path(entry.path).exists()


def test_half_an_entry_is_not_listed(mirror: Mirror) -> None:
    entry = by_label(mirror, "LayoutInference")
    mirror.text_path(entry.path).unlink()
    assert entry.path not in {e.path for e in entries(mirror)}


def test_discard_prunes_empty_folders_only(mirror: Mirror) -> None:
    first, *rest = entries(mirror)
    discard(mirror, first.path)
    assert len(entries(mirror)) == len(rest)
    for entry in rest:
        discard(mirror, entry.path)
    assert list(mirror.folder.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "goldens/../../x/a/b/kernel.cu",
        "goldens/a/b/c/d/evil.sh",
        "src/main.py",
        "goldens//x",
        "goldens/a/b/c/\x1b[2J/kernel.cu",
    ],
)
def test_path_that_is_no_golden_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="not the path of a golden"):
        pending.check_path(path)


def test_control_characters_of_a_foreign_file_do_not_reach_the_terminal(mirror: Mirror) -> None:
    entry = entries(mirror)[0]
    about = json.loads(mirror.about_path(entry.path).read_text())
    hostile = {**about, "reason": "a\x1b[2Jb", "claims": {"claim\x07": "x\x1b]0;y"}}
    mirror.about_path(entry.path).write_text(json.dumps(hostile))
    shown = entries(mirror)[0]
    assert (shown.reason, shown.claims) == ("a?[2Jb", {"claim?": "x?]0;y"})


def test_pending_folder_keeps_itself_out_of_git(mirror: Mirror) -> None:
    assert (mirror.root / ".passlab" / ".gitignore").read_text() == "*\n"


def test_unreadable_about_file_names_itself(mirror: Mirror) -> None:
    entry = entries(mirror)[0]
    mirror.about_path(entry.path).write_text('{"version": 99}')
    with pytest.raises(UsageError, match="another version"):
        entries(mirror)


def test_mirror_is_found_from_below_and_moved_by_the_variable(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = mirror.root / "goldens" / LANE
    assert find_mirror(below) == mirror
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("PASSLAB_PENDING", str(elsewhere))
    (mirror.root / "pyproject.toml").touch()
    assert find_mirror(below) == Mirror(mirror.root, elsewhere)


def test_nothing_is_written_in_ci(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(mirror.root / "goldens")
    monkeypatch.setenv("CI", "true")
    entry = entries(mirror)[0]
    for write in (
        lambda: decide.accept(mirror, [entry]),
        lambda: store.write_golden(mirror.root / entry.path, "x"),
        lambda: store.remove_golden(mirror.root / entry.path),
    ):
        with pytest.raises(UsageError, match="never written in CI"):
            write()
    assert tree(mirror.root / "goldens") == before


def test_pending_is_written_in_ci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_goldens(tmp_path, [0])
    monkeypatch.setenv("CI", "true")
    assert make_pending(Mirror(tmp_path, tmp_path / "artefacts"), 0, LAYOUT)


def test_full_disk_is_a_clear_error_and_loses_nothing(mirror: Mirror) -> None:
    """A process that may not write more than 64 bytes to a file, which fails as a full disk does."""
    target = mirror.root / entries(mirror)[0].path
    old = target.read_bytes()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))

    script = "import sys, pathlib, tl_passlab.goldens.store as s; s.write_golden(pathlib.Path(sys.argv[1]), 'x' * 4096)"
    command = [sys.executable, "-B", "-c", script, str(target)]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True)
    assert "cannot write: File too large; nothing was changed" in done.stderr
    assert "next: make room" in done.stderr
    assert target.read_bytes() == old
    assert [p.name for p in target.parent.iterdir() if p.name.startswith(TEMPORARY)] == []


def test_disk_that_fills_up_at_any_write_of_accept_loses_nothing(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pending folder is on another file system, so accepting copies; there is room for one golden each time."""
    project = Mirror(tmp_path, tmp_path / "elsewhere")
    make_pending(project, 0, LAYOUT)
    chosen = entries(project)
    before, new = tree(mirror.root / "goldens"), {entry.path: read_text(project, entry) for entry in chosen}

    def crosses(source: Path, target: Path) -> Path:
        if source.is_relative_to(project.folder):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return move(source, target)

    move, opened = Path.replace, Path.open
    monkeypatch.setattr(Path, "replace", crosses)
    for _ in chosen[1:]:
        left = [1]

        def make(path: Path, mode: str = "r", *args: Any, left: list[int] = left, **kwargs: Any) -> Any:
            left[0] -= mode == "xb"
            if mode == "xb" and left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return opened(path, mode, *args, **kwargs)

        with monkeypatch.context() as full:
            full.setattr(Path, "open", make)
            with pytest.raises(FindingError, match="No space left on device; nothing was changed") as error:
                decide.accept(project, entries(project))
        assert "still pending" in error.value.evidence and "make room" in error.value.next_command
        waiting = {entry.path: read_text(project, entry) for entry in entries(project)}
        stored = {path: (mirror.root / path).read_text() for path in new}
        assert all(waiting.get(path, stored[path]) == text for path, text in new.items())
        assert all(stored[path] in (text, before[path.removeprefix("goldens/")].decode()) for path, text in new.items())
    assert decide.accept(project, entries(project)).refused == {}
    assert {path: (mirror.root / path).read_text() for path in new} == new


def test_accept_across_a_full_file_system_keeps_what_is_pending(mirror: Mirror, tmp_path: Path) -> None:
    """Goldens on a real file system of 64 KiB that is full; needs the right to mount one."""
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        project = Mirror(small, tmp_path / "elsewhere")
        store_goldens(small, [0])
        make_pending(project, 0, LAYOUT)
        filler = small / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(os.urandom(1 << 20))
        before, chosen = tree(small / "goldens"), entries(project)
        with pytest.raises(FindingError, match="No space left on device; nothing was changed"):
            decide.accept(project, chosen)
        assert tree(small / "goldens") == before
        assert entries(project) == chosen
        filler.unlink()
        assert len(decide.accept(project, chosen).accepted) == len(chosen)
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_read_only_folder_is_a_clear_error_and_loses_nothing(mirror: Mirror, tmp_path: Path) -> None:
    entry = by_label(mirror, "LayoutInference")
    folder = (mirror.root / entry.path).parent
    before, chosen = tree(mirror.root / "goldens"), entries(mirror)
    made_read_only = make_read_only(folder)
    try:
        if not made_read_only:
            pytest.skip("no way to make a folder read-only here")
        with pytest.raises(FindingError, match=r"cannot write: .*nothing was changed"):
            decide.accept(mirror, [entry])
    finally:
        make_writable(folder)
    assert tree(mirror.root / "goldens") == before
    assert entries(mirror) == chosen
