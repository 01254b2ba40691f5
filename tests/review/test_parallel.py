"""Parallel updates and killed processes: goldens come out whole, and the same as from one process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.review.project import environment, new_project
from tests.review.synthetic import CHANGES, make_pending, store_goldens
from tl_passlab.files import TEMPORARY
from tl_passlab.goldens.pending import Mirror, Pending, entries, read_text, stored_text
from tl_passlab.review.decide import accept

CASES = 6
# A round of eight pytest workers takes some ten CPU seconds; PASSLAB_TEST_ROUNDS makes the slow tests shorter.
ROUNDS = int(os.environ.get("PASSLAB_TEST_ROUNDS", "200"))
ALL = {index: [change] for index, change in enumerate(sorted(CHANGES))}

WRITER = """
import sys
from pathlib import Path
from tests.review.synthetic import CHANGES, LANE, TARGET, WATCH, case, lower
from tl_passlab import goldens
root, worker = Path(sys.argv[1]), int(sys.argv[2])
for index, change in enumerate(sorted(CHANGES)):
    trace = lower(index, frozenset({change}))
    names = goldens.golden_names(case(index), TARGET)
    for name in names[worker % len(names):] + names[: worker % len(names)]:
        goldens.write_golden(goldens.golden_path(root / "goldens", LANE, TARGET, case(index), name),
                             goldens.golden_content(trace, name))
"""

ACCEPTER = """
import sys
from pathlib import Path
from tl_passlab.goldens.pending import Mirror, entries
from tl_passlab.review.decide import accept
root = Path(sys.argv[1])
mirror = Mirror(root, root / "pending")
chosen = entries(mirror)
print("start", flush=True)
accept(mirror, chosen)
"""


def test_parallel_workers_leave_the_same_as_one_process(tmp_path: Path) -> None:
    """First the pending goldens of failing tests, then an update that writes them."""
    project, serial = (
        new_project(_made(tmp_path / "parallel")),
        Mirror(_made(tmp_path / "serial"), tmp_path / "pending"),
    )
    for root in (project.root, serial.root):
        store_goldens(root, range(CASES))
    project.compile_with(ALL, cases=CASES)
    for index, changes in ALL.items():
        make_pending(serial, index, frozenset(changes))
    expected = pending_texts(serial)
    done = project.pytest("-n", "2")
    assert done.returncode == 1 and f"{len(expected)} goldens are pending" in done.stdout
    assert pending_texts(Mirror(project.root, project.root / ".passlab" / "pending")) == expected
    assert project.pytest("--snapshot-update", "-n", "2").returncode == 0
    accept(serial, entries(serial))
    assert _tree(project.root) == _tree(serial.root)


def pending_texts(mirror: Mirror) -> dict[str, str | None]:
    return {entry.path: read_text(mirror, entry) for entry in entries(mirror)}


def rounds_of_writers(tmp_path: Path, rounds: int) -> None:
    """In each round eight processes write every golden at once, each in another order."""
    serial = _made(tmp_path / "serial")
    subprocess.run([sys.executable, "-c", WRITER, str(serial), "0"], env=environment({}), check=True)
    expected = _tree(serial)
    root = _made(tmp_path / "parallel")
    for _ in range(rounds):
        store_goldens(root, range(CASES))
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, str(root), str(worker)], env=environment({}))
            for worker in range(8)
        ]
        assert [writer.wait() for writer in writers] == [0] * 8
        assert _tree(root) == expected


def test_eight_writers_at_once_equal_one(tmp_path: Path) -> None:
    rounds_of_writers(tmp_path, 1)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_eight_writers_at_once_equal_one_every_time(tmp_path: Path) -> None:
    rounds_of_writers(tmp_path, ROUNDS)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_rounds_of_eight_workers_equal_a_serial_update(tmp_path: Path) -> None:
    serial, parallel = (new_project(_made(tmp_path / name)) for name in ("serial", "parallel"))
    for project in (serial, parallel):
        project.compile_with(ALL, cases=CASES)
        store_goldens(project.root, range(CASES))
    assert serial.pytest("--snapshot-update").returncode == 0
    expected = serial.goldens()
    for _ in range(ROUNDS):
        store_goldens(parallel.root, range(CASES))
        assert parallel.pytest("--snapshot-update", "-n", "8").returncode == 0
        assert parallel.goldens() == expected


def kills_during_accept(tmp_path: Path, kills: int) -> int:
    """Kill an accept at another moment each time; how often it died in the middle."""
    template = Mirror(_made(tmp_path / "template"), tmp_path / "template" / "pending")
    store_goldens(template.root, range(20))
    for index in range(20):
        make_pending(template, index, frozenset({"layout"}))
    chosen = entries(template)
    old = {entry.path: stored_text(template, entry) for entry in chosen}
    new = {entry.path: read_text(template, entry) for entry in chosen}
    middle = 0
    for number in range(kills):
        root = tmp_path / "copy"
        shutil.copytree(template.root, root)
        _kill_accept(root, 0.001 + 0.002 * (number % 30))
        middle += _check_whole(root, chosen, old, new)
        shutil.rmtree(root)
    return middle


def _kill_accept(root: Path, delay: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", ACCEPTER, str(root)], env=environment({}), stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None and child.stdout.readline() == "start\n"
    time.sleep(delay)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()


def _check_whole(root: Path, chosen: list[Pending], old: dict[str, str | None], new: dict[str, str | None]) -> bool:
    """Every golden is old or new, every text that is not stored is still pending, and accepting again finishes."""
    mirror = Mirror(root, root / "pending")
    now = {entry.path: stored_text(mirror, entry) for entry in chosen}
    assert all(now[path] in (old[path], new[path]) for path in now)
    left = {entry.path for entry in entries(mirror)}
    assert {path for path in now if now[path] != new[path]} == left
    assert accept(mirror, entries(mirror)).refused == {}
    assert {entry.path: stored_text(mirror, entry) for entry in chosen} == new
    assert [p for p in (root / "goldens").rglob("*") if p.name.startswith(TEMPORARY)] == []
    return 0 < len(left) < len(chosen)


def test_kill_in_the_middle_of_accept_tears_nothing(tmp_path: Path) -> None:
    assert kills_during_accept(tmp_path, 4) >= 1


@pytest.mark.slow
def test_kill_at_any_moment_of_accept_tears_nothing(tmp_path: Path) -> None:
    assert kills_during_accept(tmp_path, 60) >= 10


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _tree(root: Path) -> dict[str, bytes]:
    files = [p for p in (root / "goldens").rglob("*") if p.is_file()]
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}
