"""Executes every distinct boundary of a lowering and compares each with the user's IR and the case's reference."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tl_passlab.interp import compare, schedule
from tl_passlab.interp.arguments import Arguments, make_arguments, reference_outputs
from tl_passlab.interp.boundaries import INPUT, Pipeline, Stage, lower_stages
from tl_passlab.interp.compare import Difference
from tl_passlab.interp.errors import Malformed, Stuck, Unsupported
from tl_passlab.interp.execute import DEVICE_TYPES, Compiled, Compiler
from tl_passlab.interp.findings import Finding
from tl_passlab.interp.launch import Options
from tl_passlab.interp.layouts import permutations, placed, restored
from tl_passlab.interp.repeat import Launches
from tl_passlab.interp.schedule import Schedule
from tl_passlab.model import Case, Target

EXACT, REORDERED, DIFFERS, UNSUPPORTED, HOST, BROKEN, STUCK = (
    "exact",
    "reordered",
    "differs",
    "unsupported",
    "host",
    "malformed",
    "stuck",
)
MAY_REORDER = "LowerTileOp"


@dataclass(frozen=True)
class BoundaryResult:
    """One boundary: whether its values are right, under which schedule they are not, and what else was found."""

    name: str
    index: int
    verdict: str
    error: float = 0.0
    detail: str = ""
    schedule: str = ""
    differences: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = ()
    ms: float = 0.0
    states: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong here; unsupported is not ok, nor is it a failure."""
        return self.verdict in (EXACT, REORDERED, HOST) and not any(f.is_error for f in self.findings)

    @property
    def failed(self) -> bool:
        """Whether something is wrong here."""
        return self.verdict in (DIFFERS, BROKEN, STUCK) or any(f.is_error for f in self.findings)


@dataclass
class CheckResult:
    """The whole check of one kernel for one target."""

    case: str
    target: str
    seed: int
    exact_inputs: bool
    bound: float
    results: list[BoundaryResult] = field(default_factory=list)
    reference: tuple[Difference, ...] | None = None
    reference_bound: float = 0.0
    error: str = ""
    failed_pass: str = ""
    ms: float = 0.0
    lane: str = ""
    schedules: list[str] = field(default_factory=list)
    oracle: dict[str, Any] | None = None

    @property
    def first_failure(self) -> BoundaryResult | None:
        """The first boundary at which something is wrong."""
        return next((r for r in self.results if r.failed), None)

    @property
    def reference_ok(self) -> bool:
        """Whether the user's IR agrees with the reference, or there is none."""
        return not self.reference or self.reference[0].error <= self.reference_bound

    @property
    def ok(self) -> bool:
        """Whether every boundary was executed and is right."""
        return not self.error and self.reference_ok and all(r.ok for r in self.results)

    def unsupported(self) -> list[BoundaryResult]:
        """The boundaries that could not be executed."""
        return [r for r in self.results if r.verdict == UNSUPPORTED]


# What is told before each boundary is executed: its number from 1, how many there are, its pass.
Progress = Callable[[int, int, str], None]


@contextmanager
def frozen_heap() -> Iterator[None]:
    """Keep the garbage collector from walking, again and again, what was alive before: tilelang's own objects."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def check(
    case: Case,
    target: Target,
    sizes: Mapping[str, Any] | None = None,
    seed: int = 0,
    random_schedules: int = 0,
    *,
    explore: bool = True,
    stop: bool = False,
    progress: Progress | None = None,
) -> CheckResult:
    """Lower a case and check every distinct boundary; `stop` at the first that fails."""
    started = time.perf_counter()
    with frozen_heap():
        func, pipeline = lower_stages(case, target, sizes or {})
        arguments = make_arguments(case, func, sizes or {}, seed)
        result = check_pipeline(
            case,
            target,
            func,
            pipeline,
            arguments,
            seed,
            random_schedules,
            explore=explore,
            stop=stop,
            progress=progress,
        )
    result.ms = (time.perf_counter() - started) * 1e3
    return result


def check_pipeline(
    case: Case,
    target: Target,
    func: Any,
    pipeline: Pipeline,
    arguments: Arguments,
    seed: int = 0,
    random_schedules: int = 0,
    *,
    explore: bool = True,
    stop: bool = False,
    progress: Progress | None = None,
) -> CheckResult:
    """Check the distinct boundaries of a pipeline on given arguments; `stop` at the first that fails."""
    from tl_passlab import lanes

    narrowest = compare.narrowest_epsilon(_float_types(func))
    result = CheckResult(
        case.info.name,
        target.spec,
        seed,
        arguments.exact,
        compare.bound(arguments.values, narrowest),
        error=pipeline.error,
        failed_pass=pipeline.failed_pass,
    )
    result.lane = lanes.running_lane()[0].tilelang
    schedules = schedule.chosen(random_schedules, seed)
    result.schedules = [str(s) for s in schedules]
    judge = Judge(arguments, result.bound, DEVICE_TYPES.get(target.kind, 2), schedules, explore)
    stages = pipeline.distinct()
    for number, stage in enumerate(stages, 1):
        if progress is not None:
            progress(number, len(stages), stage.name)
        result.results.append(judge.judge(stage))
        if stop and result.results[-1].failed:
            break
    result.oracle = judge.oracle
    if judge.oracle is not None and case.reference is not None:
        result.reference_bound = compare.REFERENCE_SAFETY * (narrowest + result.bound)
        expected = reference_outputs(case, arguments, judge.oracle)
        got = {n: judge.oracle[n] for n in expected}
        result.reference = tuple(compare.differences(expected, got))
    return result


def _float_types(func: Any) -> set[str]:
    """The floating types that the printed function mentions."""
    text = str(func)
    return {name for name in compare.MANTISSA if f'"{name}"' in text}


class Judge:
    """Carries the oracle from the user's IR on, and the last accepted result since accumulation was reordered."""

    def __init__(
        self, arguments: Arguments, bound: float, device_type: int, schedules: list[Schedule], explore: bool
    ) -> None:
        self.oracle: dict[str, Any] | None = None
        self._baseline: dict[str, Any] | None = None
        self._arguments = arguments
        self._bound = bound
        self._device_type = device_type
        self._schedules = schedules
        self._explore = explore
        self._compiler = Compiler()
        self._launches = Launches()
        self._places: dict[str, Any] = {}

    def judge(self, stage: Stage) -> BoundaryResult:
        """Execute one boundary under every schedule."""
        started = time.perf_counter()
        try:
            compiled = self._compiler.compile(stage)
            result = (
                self._run(stage, compiled) if compiled is not None else BoundaryResult(stage.name, stage.index, HOST)
            )
        except Unsupported as problem:
            result = BoundaryResult(stage.name, stage.index, UNSUPPORTED, detail=problem.op)
        except Malformed as problem:
            result = BoundaryResult(stage.name, stage.index, BROKEN, detail=str(problem))
        except Stuck as problem:
            result = BoundaryResult(stage.name, stage.index, STUCK, detail=str(problem))
        spent = (time.perf_counter() - started) * 1e3
        return BoundaryResult(**{**vars(result), "ms": spent})

    def _run(self, stage: Stage, compiled: Compiled) -> BoundaryResult:
        if stage.name == MAY_REORDER:
            shapes = {n: v.shape for n, v in self._arguments.values.items() if hasattr(v, "shape")}
            self._places = permutations(stage.module, shapes)
        places = {} if stage.level.tile else self._places
        arguments = self._arguments
        if places:
            arguments = replace(arguments, values=placed(arguments.values, places))
        findings: dict[Any, Finding] = {}
        worst: BoundaryResult | None = None
        states = 0
        for position, chosen in enumerate(self._schedules):
            options = Options(
                chosen,
                watch=position == 0,
                explore=self._explore and position == 0,
                device_type=self._device_type,
                launches=self._launches,
            )
            got, run = compiled.run(arguments, options)
            got = restored(got, places)
            states += run.states
            for finding in run.findings.all():
                findings.setdefault((finding.kind, finding.message.partition(":")[0], finding.statements), finding)
            outcome = self._compare(stage, got, chosen)
            if worst is None or _rank(outcome) > _rank(worst):
                worst = outcome
            if not run.concurrent:
                break  # one agent and nothing asynchronous: every schedule is the same
        assert worst is not None
        return BoundaryResult(**{**vars(worst), "findings": tuple(findings.values()), "states": states})

    def _compare(self, stage: Stage, got: dict[str, Any], chosen: Schedule) -> BoundaryResult:
        if self.oracle is None:
            if stage.name != INPUT:
                raise Unsupported("comparison without a result of the input IR")
            self.oracle = self._baseline = got
        assert self._baseline is not None
        base = BoundaryResult(stage.name, stage.index, EXACT, schedule=str(chosen))
        if compare.same_bits(self._baseline, got):
            return base
        found = tuple(compare.differences(self.oracle, got))
        error = found[0].error if found else 0.0
        values = {**vars(base), "error": error, "differences": found}
        if not self._arguments.exact and error <= self._bound:
            if stage.name.startswith(MAY_REORDER):
                self._baseline = got
            return BoundaryResult(**{**values, "verdict": REORDERED})
        return BoundaryResult(**{**values, "verdict": DIFFERS})


def _rank(result: BoundaryResult) -> float:
    return {EXACT: 0.0, REORDERED: 1.0}.get(result.verdict, 2.0) + min(result.error, 0.5)
