"""Lowers a list of kernels in one lane: the child process of `tl_passlab.drift.lower`. Not for use by hand.

Importing tilelang takes longer than most lowerings, so it is imported once and every kernel is lowered in a fork of
that process: each starts from the same state, and one that crashes or hangs takes nothing else along. Where there is
no fork, each kernel gets a process of its own.

A job is one line on standard input, `{"reference", "target", "events", "timeout"}`; the answer one line on standard
output: how the job ended, `exit 0`, `exit 2`, `SIGSEGV` or `no answer after N s`. Its events are in the job's file.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_POLL_SECONDS = 0.01


def main() -> int:
    """Answer jobs until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    # What a pass prints must not be taken for an answer.
    os.dup2(2, 1)
    forks = sys.platform.startswith("linux")
    if forks:
        _import_lane()
    for line in sys.stdin:
        job = json.loads(line)
        end = _in_fork(job) if forks else _in_process(job)
        answers.write(json.dumps({"events": job["events"], "end": end}) + "\n")
    return 0


def _import_lane() -> None:
    from tl_passlab import lanes

    lanes.check_pins()
    import tl_passlab.compat.lowering  # noqa: F401


def _lower(job: dict[str, Any]) -> int:
    from tl_passlab import lane_child

    fields = {"reference": job["reference"], "target": job["target"], "sizes": {}}
    return lane_child.main(json.dumps(fields), job["events"])


def _in_fork(job: dict[str, Any]) -> str:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            log = os.open(job["events"] + ".log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(log, 2)
            code = _lower(job)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    deadline = time.monotonic() + job["timeout"]
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return f"exit {code}" if code >= 0 else signal.Signals(-code).name
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return f"no answer after {job['timeout']:g} s"
        time.sleep(_POLL_SECONDS)


def _in_process(job: dict[str, Any]) -> str:
    fields = json.dumps({"reference": job["reference"], "target": job["target"], "sizes": {}})
    command = [sys.executable, "-m", "tl_passlab.lane_child", fields, job["events"]]
    with Path(job["events"] + ".log").open("wb") as log:
        try:
            done = subprocess.run(command, stdout=log, stderr=log, timeout=job["timeout"], check=False)
        except subprocess.TimeoutExpired:
            return f"no answer after {job['timeout']:g} s"
    return f"exit {done.returncode}" if done.returncode >= 0 else signal.Signals(-done.returncode).name


if __name__ == "__main__":
    sys.exit(main())
