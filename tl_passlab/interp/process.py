"""Starts the child that lowers and executes: a pass may abort or hang, and the command must live to say so."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tl_passlab.again import kernel_command
from tl_passlab.errors import EXIT_USAGE, FindingError, UsageError

POLL = 0.2


Progress = Callable[[int, int, str], None]


def run_job(job: Mapping[str, Any], timeout: float, progress: Progress) -> dict[str, Any]:
    """The child's result; `progress` is told of every boundary that the child starts on.

    Raises UsageError for the child's own, FindingError when it died or gave no answer.
    """
    from tl_passlab.isolation import child_environment, without_address_randomisation

    with tempfile.TemporaryDirectory(prefix="passlab-") as folder:
        out, log, told = (Path(folder, name) for name in ("result.json", "stderr", "progress"))
        command = [sys.executable, "-m", "tl_passlab.interp.child", json.dumps(job), str(out), str(told)]
        # One thread: matrices are small, and a BLAS pool only spins.
        environment = {**child_environment(), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with log.open("wb") as stream:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env=environment,
                preexec_fn=without_address_randomisation,
                start_new_session=True,
            )
            try:
                code = _followed(child, timeout, told, progress)
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
                    child.wait()
        text = log.read_text(encoding="utf-8", errors="replace")
        if code == 0 and out.is_file():
            result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
            return result
        if code == EXIT_USAGE:
            raise UsageError(**_usage_fields(text))
        end = (
            f"no answer after {timeout:g} s"
            if code is None
            else signal.Signals(-code).name
            if code < 0
            else f"exit {code}"
        )
        evidence = "\n".join(line for line in text.strip().splitlines() if "Warning" not in line)[-1500:]
        tail = "\n".join(evidence.splitlines()[-8:])
        raise FindingError(
            job["command"],
            f"{job['reference']}  {job['target']}",
            f"the lane process ended: {end}",
            evidence=tail,
            next_command=kernel_command("trace", job["reference"], job["target"], job["sizes"]),
        )


def _followed(child: subprocess.Popen[bytes], timeout: float, told: Path, progress: Progress) -> int | None:
    """Wait for the child and pass on what it tells; None when the time is up."""
    end, read = time.monotonic() + timeout, 0
    while True:
        code = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = child.wait(min(POLL, max(0.0, end - time.monotonic())))
        text = told.read_text(encoding="utf-8") if told.is_file() else ""
        lines = text.rpartition("\n")[0].splitlines()  # the last line may be half written
        for line in lines[read:]:
            number, total, name = line.split(" ", 2)
            progress(int(number), int(total), name)
        read = len(lines)
        if code is not None or time.monotonic() >= end:
            return code


def _usage_fields(text: str) -> dict[str, str]:
    try:
        fields: dict[str, str] = json.loads(text.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return {"what": "check", "where": "", "why": "the kernel could not be loaded", "evidence": text[-1500:]}
    return fields
