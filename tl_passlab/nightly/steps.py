"""What a nightly run does: one command for each step, how long it may take, and how its results become records."""

from __future__ import annotations

import fnmatch
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tl_passlab.cases import find_cases
from tl_passlab.errors import UsageError
from tl_passlab.history import adapters
from tl_passlab.history.junit import junit_records
from tl_passlab.history.record import Record
from tl_passlab.lane_env import find_lane
from tl_passlab.lanes import LANES
from tl_passlab.model import CaseInfo
from tl_passlab.parity.results import read_results
from tl_passlab.parity.runners import RUNNER_OF_KIND, why_not
from tl_passlab.targets import SUPPORTED, all_specs, parse_target

GOLDENS = ("tests/test_goldens.py", "tests/test_claims.py", "tests/test_lowers.py", "tests/test_regressions.py")
SEMANTICS = ("tests/test_semantics.py",)
QUICK_CASE = "elementwise/add"
# Hours for the sweeps on two cores; a step that needs longer hangs.
SECONDS = {"goldens": 3600, "semantics": 14400, "parity": 7200, "determinism": 21600, "drift": 3600}
STEPS = tuple(SECONDS)


@dataclass(frozen=True)
class Options:
    """What the user asked for. `cases` are globs of case names; empty: all. `seconds`: the limit of every step."""

    out: Path
    lane: str
    only: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    repeat: int = 8
    jobs: int = os.cpu_count() or 2
    slow: bool = True
    seconds: float | None = None


@dataclass(frozen=True)
class Step:
    """One step. `done` are the exit codes of a run that gave all its results, whatever they say."""

    name: str
    command: tuple[str, ...]
    seconds: float
    collect: Callable[[], list[Record]]
    done: tuple[int, ...] = (0, 1)
    skipped: str = ""


def steps_for(options: Options) -> list[Step]:
    """The steps in order. Raises UsageError for cases that do not exist."""
    chosen = _cases(options.cases)
    every = [
        _pytest("goldens", GOLDENS, chosen, options),
        _pytest("semantics", SEMANTICS, chosen, options),
        _parity(chosen, options),
        _determinism(chosen, options),
        _drift(chosen, options),
    ]
    return [step for step in every if not options.only or step.name in options.only]


def _cases(globs: Sequence[str]) -> list[CaseInfo]:
    """The cases that a user's globs name, by whole name or by the last part of it; none for all."""
    every = find_cases()
    found: list[CaseInfo] = []
    for glob in globs:
        named = [case for case in every if fnmatch.fnmatch(case.name, glob) or fnmatch.fnmatch(case.stem, glob)]
        if not named:
            raise UsageError("nightly", glob, "no such case", next_command="passlab cases")
        found += [case for case in named if case not in found]
    return found


def _limit(name: str, options: Options) -> float:
    return options.seconds or SECONDS[name]


def _pytest(name: str, files: Sequence[str], chosen: Sequence[CaseInfo], options: Options) -> Step:
    junit = options.out / f"{name}.junit.xml"
    command = [sys.executable, "-m", "pytest", *files, "-q", "-n", str(options.jobs), f"--junitxml={junit}"]
    command += ["-m", "slow or not slow"] if options.slow else []
    # A test's id has its case between hyphens or brackets: `add` is not to choose `padded`.
    stems = [word for case in chosen for word in (f"[{case.stem}-", f"-{case.stem}-", f"-{case.stem}]")]
    command += ["-k", " or ".join(stems)] if stems else []
    cases = {case.stem: case.name for case in find_cases()}
    # A case may have goldens of a target that the others do not lower for.
    targets = {parse_target(spec).slug: spec for spec in all_specs()}

    def collect() -> list[Record]:
        return junit_records(junit, cases, targets, options.lane)

    # 5: none of the chosen cases has such a test.
    return Step(name, tuple(command), _limit(name, options), collect, (0, 1, 5))


def _parity(chosen: Sequence[CaseInfo], options: Options) -> Step:
    folder = options.out / "parity"
    names = [case.name for case in chosen]
    command = (sys.executable, "-m", "tl_passlab.cli", "parity", *names, "--out", str(folder))

    def collect() -> list[Record]:
        return adapters.parity_records(read_results(folder))

    skipped = "" if options.only and "parity" not in options.only else _no_device()
    return Step("parity", command, _limit("parity", options), collect, skipped=skipped)


def _no_device() -> str:
    """Why no target can run here; empty when one can."""
    targets = [parse_target(spec) for spec in SUPPORTED]
    reasons = {target.kind: why_not(target) for target in targets if target.kind in RUNNER_OF_KIND}
    ready = any(not why_not(target) for target in targets if target.kind in RUNNER_OF_KIND)
    return "" if ready else "; ".join(dict.fromkeys(reasons.values()))


def _determinism(chosen: Sequence[CaseInfo], options: Options) -> Step:
    lines = options.out / "determinism.jsonl"
    command = [sys.executable, "-m", "tl_passlab.nightly.determinism", "--repeat", str(options.repeat)]
    command += ["--jobs", str(options.jobs), "--out", str(lines), *(case.name for case in chosen)]

    def collect() -> list[Record]:
        return [Record(**json.loads(line)) for line in lines.read_text(encoding="utf-8").splitlines()]

    return Step("determinism", tuple(command), _limit("determinism", options), collect)


def _drift(chosen: Sequence[CaseInfo], options: Options) -> Step:
    document = options.out / "drift.json"
    full = [name for name, lane in LANES.items() if lane.full]
    older = [name for name in full if _number(name) < _number(options.lane)]
    before = max(older, key=_number, default="")
    skipped = "" if before else f"no full lane is older than {options.lane}"
    if before and find_lane(before) is None:
        skipped = f"no environment of lane {before} (make test LANE={before} makes it)"
    command = [sys.executable, "-m", "tl_passlab.cli", "drift", "--from", before, "--to", options.lane]
    command += [*(case.name for case in chosen), "--json", str(document)]

    def collect() -> list[Record]:
        return adapters.drift_records(json.loads(document.read_text(encoding="utf-8")))

    return Step("drift", tuple(command), _limit("drift", options), collect, skipped=skipped)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
