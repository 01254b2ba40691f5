"""A temporary project with golden tests of the make-believe compiler, and the real `pytest` and `passlab` run in it."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent

TESTS = """
import json
from pathlib import Path

import pytest

from tests.review import synthetic
from tl_passlab import goldens

SETUP = json.loads(Path(__file__).with_name("compiler.json").read_text())
NAMES = goldens.golden_names(synthetic.case(0), synthetic.TARGET)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("index", range(SETUP["cases"]))
def test_golden(index, name, golden):
    case, root = synthetic.case(index), Path(__file__).parent / "goldens"
    trace = synthetic.lower(index, frozenset(SETUP["changes"].get(str(index), [])))

    def path(other):
        return goldens.golden_path(root, synthetic.LANE, synthetic.TARGET, case, other)

    def explain(stored):
        read = lambda other: goldens.read_golden(path(other))
        return goldens.explain(name, stored, trace, case, synthetic.TARGET, read)

    claims = {"claim_barrier_is_left": SETUP["broken"].get(str(index), "")}
    golden(path(name), goldens.golden_content(trace, name), explain, lambda: claims)
"""


@dataclass(frozen=True)
class Project:
    """A project folder; `env` is added to the environment of what runs in it, `runner` put before its commands."""

    root: Path
    runner: tuple[str, ...] = ()

    def compile_with(self, changes: dict[int, list[str]], cases: int = 3, broken: dict[int, str] | None = None) -> None:
        """Set what the compiler does from now on."""
        setup = {"cases": cases, "changes": changes, "broken": broken or {}}
        (self.root / "compiler.json").write_text(json.dumps(setup))

    def pytest(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the project's tests."""
        return self._run([sys.executable, "-m", "pytest", "-q", *arguments], env)

    def passlab(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command without a terminal."""
        return self._run([sys.executable, "-m", "tl_passlab.cli", *arguments], env)

    def _run(self, command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.runner, *command],
            cwd=self.root,
            env=environment(env),
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )

    def on_terminal(self, keys: str, *arguments: str) -> tuple[int, str]:
        """Run a command on a pseudo-terminal, typing a key each time it prompts; exit code and screen."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.root)
            os.execve(sys.executable, [sys.executable, "-m", "tl_passlab.cli", *arguments], environment({}))
        return _typed(child, terminal, keys)

    def goldens(self) -> dict[str, str]:
        """Every file under goldens/, by path."""
        files = sorted(p for p in (self.root / "goldens").rglob("*") if p.is_file())
        return {p.relative_to(self.root).as_posix(): p.read_text() for p in files}

    def pending(self) -> set[str]:
        """The goldens that are pending, by path."""
        folder = self.root / ".passlab" / "pending"
        return {p.relative_to(folder).as_posix().removesuffix(".about.json") for p in folder.rglob("*.about.json")}


def environment(extra: dict[str, str]) -> dict[str, str]:
    """The environment of a child: this checkout importable, no CI, no colour of the caller's."""
    kept = {key: value for key, value in os.environ.items() if key not in ("CI", "PASSLAB_PENDING", "PAGER")}
    kept = {key: value for key, value in kept.items() if not key.startswith("PYTEST_")}
    return {**kept, "PYTHONPATH": str(CHECKOUT), "TERM": "xterm", "COLUMNS": "100", **extra}


def _typed(child: int, terminal: int, keys: str) -> tuple[int, str]:
    screen, waiting, deadline = b"", list(keys), time.monotonic() + 300
    prompts = 0
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:
                chunk = b""
            if not chunk:
                break
            screen += chunk
        if waiting and screen.count(b"q quit") > prompts:
            prompts = screen.count(b"q quit")
            os.write(terminal, waiting.pop(0).encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), screen.decode(errors="replace").replace("\r\n", "\n")


def new_project(root: Path) -> Project:
    """A project with goldens of the unchanged compiler not yet created."""
    (root / "test_synthetic.py").write_text(TESTS)
    (root / "pytest.ini").write_text("[pytest]\naddopts = --snapshot-disable-unused -p no:cacheprovider\n")
    project = Project(root)
    project.compile_with({})
    return project


def make_read_only(folder: Path) -> bool:
    """By permission, or for root, whom permissions do not stop, by mounting the folder on itself read-only."""
    if os.geteuid():
        _chmod_folders(folder, stat.S_IRUSR | stat.S_IXUSR)
        return True
    if subprocess.run(["mount", "--bind", str(folder), str(folder)], capture_output=True).returncode:
        return False
    return not subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], capture_output=True).returncode


def make_writable(folder: Path) -> None:
    """Undo `make_read_only`."""
    if os.geteuid():
        _chmod_folders(folder, stat.S_IRWXU)
    else:
        subprocess.run(["umount", str(folder)], capture_output=True)


def _chmod_folders(folder: Path, mode: int) -> None:
    folder.chmod(stat.S_IRWXU)
    for path in [p for p in folder.rglob("*") if p.is_dir()]:
        path.chmod(mode)
    folder.chmod(mode)


AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")


def reason_not_as_nobody() -> str:
    """Why commands cannot be run as the user nobody; empty where they can."""
    if os.geteuid():
        return "only root may become another user"
    if shutil.which("setpriv") is None:
        return "setpriv is not installed"
    child = [*AS_NOBODY, sys.executable, "-B", "-c", "import tl_passlab.cli"]
    done = subprocess.run(child, env=environment({}), cwd="/", capture_output=True, text=True)
    return f"this Python is not for the user nobody: {done.stderr.strip()[-200:]}" if done.returncode else ""
