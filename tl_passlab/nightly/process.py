"""Runs one step in a child process with a deadline: whatever it does, the nightly goes on and keeps its output."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# pytest writes its results when it is interrupted; so long it may take before it is killed.
GRACE_SECONDS = 60.0
TAIL_LINES = 30


@dataclass(frozen=True)
class Ending:
    """How a child ended: its exit code (negative for a signal), or None when its time was up."""

    code: int | None
    seconds: float
    tail: str

    @property
    def words(self) -> str:
        """`exit 3`, `killed by SIGSEGV`, `no answer after 60 s`."""
        if self.code is None:
            return f"no answer after {self.seconds:.0f} s"
        if self.code >= 0:
            return f"exit {self.code}"
        try:
            return f"killed by {signal.Signals(-self.code).name}"
        except ValueError:
            return f"killed by signal {-self.code}"


def run_child(
    command: Sequence[str],
    log: Path,
    seconds: float,
    *,
    cwd: Path | None = None,
    grace: float = GRACE_SECONDS,
) -> Ending:
    """Run a command to its end or its deadline, its output in `log`; nothing it started in its group is left."""
    began = time.monotonic()
    with log.open("wb") as output:
        try:
            child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            return Ending(127, 0.0, f"cannot start {command[0]}: {error.strerror}")
        try:
            code: int | None = child.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            _stop(child, grace)
        finally:
            _kill_group(child)
    return Ending(code, time.monotonic() - began if code is not None else seconds, _tail(log))


def _stop(child: subprocess.Popen[bytes], grace: float) -> None:
    """Interrupt, as a person would with ctrl-C, and wait a while."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(grace)
    except subprocess.TimeoutExpired:
        return


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the child and of what it started; a leader that has ended may have left workers."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _tail(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return "\n".join(lines[-TAIL_LINES:])
