"""Runs a job's steps in child processes: a kernel may crash, hang, or take the device with it, and the rest goes on.

The parent never imports torch or tilelang. It follows the child's events, kills it at a deadline, turns the death of a
child into the verdict of the step that was running, and starts a fresh child for the steps that are left.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tl_passlab import lanes
from tl_passlab.isolation import child_environment
from tl_passlab.model import Target
from tl_passlab.parity import outcome as kinds
from tl_passlab.parity.outcome import Outcome, Step
from tl_passlab.parity.replay import replay_command

BOOT_SECONDS = 180.0
COMPILE_SECONDS = 300.0
STEP_SECONDS = 60.0
REPORT_SECONDS = 60.0
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Job:
    """The steps of one case on one target with one runner. `prefix` is a command that runs the child under it."""

    reference: str
    target: Target
    runner: str
    steps: tuple[Step, ...]
    step_seconds: float = STEP_SECONDS
    line_directives: bool = False
    prefix: tuple[str, ...] = ()


@dataclass
class Progress:
    """Where a child is, as far as its events tell."""

    phase: str = "boot"
    since: float = field(default_factory=lambda: time.monotonic())
    index: int | None = None
    device: str = ""
    compile_s: float = 0.0

    def enter(self, phase: str, index: int | None) -> None:
        """The child has announced what it does next."""
        self.phase, self.index, self.since = phase, index, time.monotonic()


def run_job(job: Job) -> Iterator[Outcome]:
    """The outcomes of the steps that apply, as they come; every step is accounted for, whatever happens."""
    left = dict(enumerate(job.steps))
    hung: list[str] = []
    while left:
        answered = len(left)
        for index, outcome in _one_child(job, dict(left)):
            left.pop(index)
            if outcome is not None:
                yield outcome
                hung += [outcome.step.variant] if outcome.kind == kinds.HANG else []
        for index in _given_up(left, hung):
            yield _skipped(job, left.pop(index))
        if len(left) == answered:
            # A child that answers nothing would be started for ever.
            raise AssertionError("a child ended without a verdict for any step")


def _given_up(left: Mapping[int, Step], hung: Sequence[str]) -> list[int]:
    """The steps not worth a deadline each: those of a shape that hung, and all of them once two shapes have."""
    return [index for index, step in left.items() if step.variant in hung or len(hung) > 1]


def _skipped(job: Job, step: Step) -> Outcome:
    reason = {"kind": kinds.SKIPPED, "reason": "not run: the kernel hung before"}
    return _outcome(job, step, Progress(), reason)


def _one_child(job: Job, steps: Mapping[int, Step]) -> Iterator[tuple[int, Outcome | None]]:
    """What one child says of the steps; None for a step that does not apply. At least one step is answered."""
    with tempfile.TemporaryDirectory(prefix="passlab-") as folder:
        files = {name: Path(folder, name) for name in ("job", "events", "log")}
        files["job"].write_text(json.dumps(_job_fields(job, steps)), encoding="utf-8")
        files["events"].touch()
        command = [*job.prefix, sys.executable, "-m", "tl_passlab.parity.child"]
        with files["log"].open("wb") as log:
            child = subprocess.Popen(
                [*command, str(files["job"]), str(files["events"])],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=child_environment(),
                start_new_session=True,
            )
            try:
                yield from _follow(job, steps, child, files["events"], files["log"])
                if job.prefix:
                    # A tool around the child writes its report after the child has ended.
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        child.wait(REPORT_SECONDS)
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
                    child.wait()


def _job_fields(job: Job, steps: Mapping[int, Step]) -> dict[str, Any]:
    return {
        "reference": job.reference,
        "target": job.target.spec,
        "runner": job.runner,
        "line_directives": job.line_directives,
        "steps": [[index, dataclasses.asdict(step)] for index, step in steps.items()],
    }


def _follow(
    job: Job, steps: Mapping[int, Step], child: subprocess.Popen[bytes], events: Path, log: Path
) -> Iterator[tuple[int, Outcome | None]]:
    limits = {"boot": BOOT_SECONDS, "compile": COMPILE_SECONDS, "idle": COMPILE_SECONDS, "step": job.step_seconds}
    progress = Progress()
    open_steps = dict(steps)
    with events.open(encoding="utf-8") as stream:
        rest = ""
        while True:
            # Asked before the events are read: what a child wrote before it ended is read in this round.
            ended = child.poll() is not None
            rest += stream.read()
            *lines, rest = rest.split("\n")
            for line in lines:
                found = _event(job, open_steps, progress, json.loads(line))
                if found is not None:
                    open_steps.pop(found[0])
                    yield found
            if not open_steps:
                return
            if ended and progress.phase == "idle" and len(open_steps) < len(steps):
                return  # between two steps, on purpose or not: a fresh child takes the rest
            if ended:
                yield from _died(job, open_steps, progress, _ending(child.returncode), _tail_of(log))
                return
            if time.monotonic() - progress.since > limits[progress.phase]:
                yield from _died(job, open_steps, progress, f"no answer after {limits[progress.phase]:g} s", "")
                return
            time.sleep(POLL_SECONDS)


def _event(
    job: Job, steps: Mapping[int, Step], progress: Progress, event: Mapping[str, Any]
) -> tuple[int, Outcome | None] | None:
    """Note an event; the answer of a step when it is one."""
    name = event["event"]
    if name == "ready":
        progress.device = event["device"]
        progress.enter("idle", None)
    elif name == "compiled":
        progress.compile_s = event["seconds"]
        progress.enter("idle", progress.index)
    elif name == "done":
        progress.enter("idle", None)
        judgement = event["judgement"]
        return event["index"], None if judgement is None else _outcome(job, steps[event["index"]], progress, judgement)
    else:
        progress.enter(name, event["index"])
    return None


def _outcome(job: Job, step: Step, progress: Progress, judgement: Mapping[str, Any]) -> Outcome:
    version = lanes.installed_version("tilelang") or ""
    fields = {
        "case": job.reference,
        "target": job.target.spec,
        "runner": job.runner,
        "step": dataclasses.asdict(step),
        "device": progress.device,
        "lane": version,
        "compile_s": progress.compile_s,
        "replay": replay_command(job.reference, job.target.spec, job.runner, step),
    }
    return kinds.from_json({"differences": (), "launch_ms": 0.0, **fields, **judgement})


def _died(
    job: Job, steps: Mapping[int, Step], progress: Progress, end: str, log: str
) -> Iterator[tuple[int, Outcome | None]]:
    """The verdicts a dead or hanging child leaves: of the step that ran, or of all where it never began one."""
    hung = end.startswith("no answer")
    if progress.phase in ("step", "compile") and progress.index is not None and progress.index in steps:
        crash = kinds.RUNTIME_ERROR if progress.phase == "step" else kinds.COMPILE_ERROR
        what = "the kernel was running" if progress.phase == "step" else "it was being compiled"
        found = {"kind": kinds.HANG if hung else crash, "reason": f"{end} while {what}", "detail": log}
        yield progress.index, _outcome(job, steps[progress.index], progress, found)
        return
    for index, step in steps.items():
        found = {"kind": kinds.RUNTIME_ERROR, "reason": f"the runner did not start: {end}", "detail": log}
        yield index, _outcome(job, step, progress, found)


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def _tail_of(log: Path, lines: int = 12) -> str:
    text = log.read_text(encoding="utf-8", errors="replace")
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])


def failures(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those that say the kernel is wrong."""
    return [outcome for outcome in outcomes if outcome.failed]
