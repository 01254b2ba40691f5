"""One nightly run: every step in turn, `run.json` after each, then the history, the page and the pending goldens.

Whatever a step does, the others run, and what it gave before it ended is kept. Whatever the database does, `run.json`
is there, and `passlab history import` takes it later.
"""

from __future__ import annotations

import dataclasses
import datetime
import platform
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tl_passlab import devices, lanes
from tl_passlab.errors import FindingError, PasslabError
from tl_passlab.history.files import write_run
from tl_passlab.history.junit import to_junit
from tl_passlab.history.record import FAILED, OUTCOMES, PASSED, SKIPPED, Record, Run
from tl_passlab.history.standing import Point, Standing, history_of, standing_of
from tl_passlab.history.store import distinct, standing_in, store_run
from tl_passlab.lane_env import CHECKOUT
from tl_passlab.nightly.blame import with_blame
from tl_passlab.nightly.commit import commit_of
from tl_passlab.nightly.process import Ending, run_child
from tl_passlab.nightly.steps import Step
from tl_passlab.report.results_html import render_results
from tl_passlab.report.results_view import View

EXPORT_SECONDS = 600.0
PAGE = "report.html"


@dataclass(frozen=True)
class Finished:
    """A run that is over: its standing, the files it left, and the problems that are no test's."""

    run: Run
    standing: Standing
    files: tuple[Path, ...]
    problems: tuple[PasslabError, ...]


def start_run(track: str = "") -> Run:
    """An empty run of this environment and machine, now. Host names stay out: results travel."""
    now = datetime.datetime.now(datetime.timezone.utc)
    lane = lanes.running_lane()[0].tilelang
    found = (*devices.cuda_devices(), *devices.rocm_devices(), *devices.mps_devices())
    return Run(
        run_id=f"{now:%Y%m%dT%H%M%S}-{lane}-{secrets.token_hex(4)}",
        started=now.isoformat(timespec="seconds"),
        lane=lane,
        tilelang=lanes.installed_version("tilelang") or "",
        commit=commit_of(CHECKOUT),
        machine=", ".join([f"{platform.system()} {platform.machine()}", *dict.fromkeys(d.name for d in found)]),
        devices=tuple(f"{d.name} ({d.arch})" for d in found),
        track=track,
    )


def run_steps(run: Run, steps: Sequence[Step], out: Path, say: Callable[[str], None] = print) -> Run:
    """The run with the records of every step; written before the first and after each."""
    write_run(run, out / "run.json")
    for step in steps:
        records = perform(step, out, run.lane)
        run = dataclasses.replace(run, tests=(*run.tests, *records))
        write_run(run, out / "run.json")
        say(step_line(step, records))
    return run


def perform(step: Step, out: Path, lane: str) -> list[Record]:
    """The records of one step, and one on the step itself: whether it gave all that it should."""
    if step.skipped:
        return [_about(step, SKIPPED, step.skipped, lane)]
    log = out / f"{step.name}.log"
    ending = run_child(step.command, log, step.seconds, cwd=CHECKOUT)
    trouble, records = "" if ending.code in step.done else ending.words, []
    try:
        records = distinct(step.collect())
    except Exception as error:
        # Results of a child that died may be anything; that is this step's failure and no other's.
        trouble = trouble or f"its results are not readable: {type(error).__name__}: {error}"
    if not trouble and not records:
        return [_about(step, SKIPPED, "no test of the chosen cases", lane, ending)]
    kept = f"; {len(records)} results before that are kept" if trouble and records else ""
    outcome = FAILED if trouble else PASSED
    return [*records, _about(step, outcome, f"{trouble}{kept}", lane, ending)]


def _about(step: Step, outcome: str, message: str, lane: str, ending: Ending | None = None) -> Record:
    return Record(
        f"nightly/{step.name}",
        step.name,
        outcome,
        lane=lane,
        verdict="complete" if outcome == PASSED else outcome,
        message=message,
        detail=ending.tail if ending is not None and outcome == FAILED else "",
        replay=f"python tools/nightly.py --only {step.name}",
        seconds=ending.seconds if ending is not None else 0.0,
    )


def step_line(step: Step, records: Sequence[Record]) -> str:
    """`goldens   1204 passed, 3 failed   61 s`, or why not."""
    *tests, about = records
    counts = {outcome: sum(r.outcome == outcome for r in tests) for outcome in OUTCOMES}
    words = ", ".join(f"{count} {View.label(outcome, count)}" for outcome, count in counts.items() if count)
    trouble = f"{about.outcome}: {about.message}" if about.message else ""
    return f"{step.name:<12} {'   '.join(filter(None, [words, trouble]))}   {about.seconds:.0f} s"


def finish(run: Run, database: Path, out: Path, say: Callable[[str], None] = print) -> Finished:
    """Store, compare, explain, write the reports. One that cannot be written never keeps the others from it."""
    problems: list[PasslabError] = []
    files = [out / "run.json"]
    write_run(run, files[0])
    standing = _alone(run)
    try:
        store_run(database, run)
        standing = standing_in(database, run)
    except PasslabError as error:
        problems.append(error)
    run = with_blame(run, standing.new, out, say)
    write_run(run, files[0])
    texts: dict[str, Callable[[], str]] = {
        "junit.xml": partial(to_junit, run),
        PAGE: partial(render_results, run, standing),
    }
    for name, render in texts.items():
        try:
            (out / name).write_text(render(), encoding="utf-8", newline="\n")
            files.append(out / name)
        except Exception as error:
            problems.append(FindingError("nightly", name, f"not written: {type(error).__name__}: {error}"))
    problems += _pending(out / "pending.zip", out / "pending.log", files)
    return Finished(run, standing, tuple(files), tuple(problems))


def _pending(archive: Path, log: Path, files: list[Path]) -> list[PasslabError]:
    command = [sys.executable, "-m", "tl_passlab.cli", "pending", "--export", str(archive)]
    ending = run_child(command, log, EXPORT_SECONDS, cwd=CHECKOUT)
    if ending.code == 0 and archive.is_file():
        files.append(archive)
        return []
    return [FindingError("nightly", archive.name, f"not written: {ending.words}", evidence=ending.tail)]


def _alone(run: Run) -> Standing:
    """The standing of a run whose past is not to be had: all that fails is new."""
    point = {r.name: Point(run.run_id, run.started, run.tilelang, run.commit, r.outcome) for r in run.tests}
    return standing_of(history_of(name, [p]) for name, p in point.items())
