"""Lowers kernels in two lanes at once: a worker process for each, in that lane's own environment."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType

from tl_passlab.errors import EXIT_USAGE, FindingError
from tl_passlab.events import read_events, trace_from_events
from tl_passlab.isolation import child_environment, without_address_randomisation
from tl_passlab.lane_env import CHECKOUT
from tl_passlab.model import Failure, Target, Trace

LOADING = "loading the kernel"
# Traces are up to a megabyte: the lanes run ahead of the comparison, but not far.
AHEAD = 8


@dataclass(frozen=True)
class Job:
    """A kernel to lower in both lanes: a case's name or a user's `file.py::function`, and the target."""

    reference: str
    target: Target


class LaneWorker:
    """A process of one lane that lowers jobs one after the other; a context manager, at whose end it is gone."""

    def __init__(self, lane: str, python: Path, timeout: float) -> None:
        self.lane = lane
        self._timeout = timeout
        self._folder = tempfile.TemporaryDirectory(prefix=f"passlab-{lane}-")
        self._count = 0
        self._log = Path(self._folder.name, "worker.log").open("w+b")  # noqa: SIM115 - closed in __exit__
        environment = child_environment()
        paths = [str(CHECKOUT), *filter(None, [environment.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [python, "-m", "tl_passlab.drift.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            # One thread for each lowering: two lanes and the comparisons share the machine.
            env={**environment, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"},
            preexec_fn=without_address_randomisation,
        )

    def __enter__(self) -> LaneWorker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                # A job that a dead worker never took is still buffered; closing would flush it.
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        self._folder.cleanup()

    def trace(self, job: Job) -> Trace:
        """Lower one kernel. Raises FindingError when the worker itself is gone (its lane does not import, say)."""
        self._count += 1
        events = Path(self._folder.name, f"{self._count}.jsonl")
        fields = {"reference": job.reference, "target": job.target.spec, "events": str(events)}
        end = self._ask(json.dumps({**fields, "timeout": self._timeout}))
        return self._read(job, events, end)

    def _ask(self, line: str) -> str:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        try:
            stdin.write(line + "\n")
            stdin.flush()
            return str(json.loads(stdout.readline())["end"])
        except (OSError, ValueError) as error:
            self._log.seek(0)
            said = self._log.read().decode("utf-8", errors="replace").strip().splitlines()[-8:]
            why = "its process ended before it had lowered everything"
            command = f"make test LANE={self.lane}"
            raise FindingError("lane", self.lane, why, evidence="\n".join(said), next_command=command) from error

    def _read(self, job: Job, events: Path, end: str) -> Trace:
        """The trace of a job, from its events; a kernel that could not even be loaded is a failed lowering too."""
        lines = events.read_text(encoding="utf-8").splitlines() if events.is_file() else []
        log = Path(f"{events}.log")
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.is_file() else []
        events.unlink(missing_ok=True)
        log.unlink(missing_ok=True)
        if end == f"exit {EXIT_USAGE}" or not lines:
            failure = Failure(LOADING, "error", _usage(said) if end == f"exit {EXIT_USAGE}" else end)
            return Trace(job.reference, job.target.spec, self.lane, {}, (), {}, failure=failure)
        return trace_from_events(read_events(lines), crash=end)


def _usage(log: Sequence[str]) -> str:
    """The child's own usage error, the last line of its log."""
    try:
        fields = json.loads(log[-1])
        return f"{fields['where']}: {fields['why']}"
    except (IndexError, ValueError, KeyError, TypeError):
        return "\n".join(log[-4:])


def lower_in_both(jobs: Sequence[Job], before: LaneWorker, after: LaneWorker) -> Iterator[tuple[Trace, Trace]]:
    """Both traces of every job, in order; the lanes work at the same time, a few jobs ahead of the reader."""
    with ThreadPoolExecutor(1) as older, ThreadPoolExecutor(1) as newer:
        running: deque[tuple[Future[Trace], Future[Trace]]] = deque()
        waiting = iter(jobs)
        while True:
            for job in islice(waiting, AHEAD - len(running)):
                running.append((older.submit(before.trace, job), newer.submit(after.trace, job)))
            if not running:
                return
            old, new = running.popleft()
            yield old.result(), new.result()
