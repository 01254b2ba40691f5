"""Names the pass at which a kernel goes wrong: values, races, deadlocks, a failing lowering, a wrong device result."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tl_passlab.interp import compare, reproducer, schedule
from tl_passlab.interp.arguments import make_arguments, with_inputs
from tl_passlab.interp.authors import authors_at
from tl_passlab.interp.boundaries import INPUT, Pipeline, Stage, lower_stages
from tl_passlab.interp.check import (
    EXACT,
    MAY_REORDER,
    REORDERED,
    BoundaryResult,
    CheckResult,
    Progress,
    check_pipeline,
    frozen_heap,
)
from tl_passlab.interp.execute import DEVICE_TYPES
from tl_passlab.interp.layouts import permutations
from tl_passlab.interp.store import author_data, boundary_data, difference_data
from tl_passlab.model import Case, Target

MAX_DIFF_LINES = 60


def blame(
    case: Case,
    target: Target,
    sizes: Mapping[str, Any],
    seed: int,
    random_schedules: int,
    out: Path,
    device: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Check until something is wrong, and explain the pass that is to blame; `device` are arrays from a device run."""
    with frozen_heap():
        func, pipeline = lower_stages(case, target, sizes)
        arguments = make_arguments(case, func, sizes, seed)
        if device is not None:
            arguments = with_inputs(arguments, device)
        result = check_pipeline(
            case, target, func, pipeline, arguments, seed, random_schedules, stop=True, progress=progress
        )
    data = {
        "case": case.info.name,
        "target": target.spec,
        "lane": result.lane,
        "seed": seed,
        "pass": "",
        "verdict": "",
        "found": True,
    }
    guilty = result.first_failure
    if guilty is not None:
        return {**data, **_of_boundary(case, target, pipeline, result, guilty, arguments, out)}
    if result.error:
        return {**data, **_of_error(case, target, pipeline, result, arguments, out)}
    if not result.reference_ok and result.reference:
        return {
            **data,
            "pass": INPUT,
            "verdict": "the user's IR itself disagrees with the reference: no pass is to blame",
            "boundary": {"findings": [], "differences": [difference_data(d) for d in result.reference]},
        }
    if device is not None and result.oracle is not None:
        return {**data, **_of_device(result, device, arguments.inputs)}
    unsupported = ", ".join(sorted({r.detail for r in result.unsupported()}))
    note = f"; not executed: {unsupported}" if unsupported else ""
    return {**data, "found": False, "verdict": f"nothing is wrong at {len(result.results)} boundaries{note}"}


def _of_boundary(
    case: Case,
    target: Target,
    pipeline: Pipeline,
    result: CheckResult,
    guilty: BoundaryResult,
    arguments: Any,
    out: Path,
) -> dict[str, Any]:
    stage = pipeline.stages[guilty.index]
    before = pipeline.before(stage)
    if guilty.name == INPUT:
        verdict = "the kernel is wrong before any pass has run"
        return {"pass": INPUT, "verdict": verdict, "boundary": boundary_data(guilty)}
    folder = reproducer.write(out / f"{_slug(case)}-{guilty.name}", case, target, before, stage, arguments, result.seed)
    return {
        "pass": guilty.name,
        "verdict": f"{guilty.name} {_charge(guilty)}",
        "boundary": boundary_data(guilty),
        "authors": _authors(target, pipeline, result, guilty, arguments),
        "diff": _diff(before, stage),
        "reproducer": str(folder),
    }


def _authors(
    target: Target, pipeline: Pipeline, result: CheckResult, guilty: BoundaryResult, arguments: Any
) -> list[dict[str, Any]]:
    """Who stored the wrong elements at the guilty boundary, and who did before the pass."""
    if not guilty.differences:
        return []
    names = {r.index for r in result.results}
    stages = [s for s in pipeline.distinct() if s.index in names and s.index <= guilty.index]
    shapes = {n: v.shape for n, v in arguments.values.items() if hasattr(v, "shape")}
    lowered = [s for s in stages if s.name == MAY_REORDER]
    places = permutations(lowered[0].module, shapes) if lowered else {}
    chosen = schedule.by_name(guilty.schedule)
    device = DEVICE_TYPES.get(target.kind, 2)
    sound = [r.index for r in result.results if r.index < guilty.index and r.verdict in (EXACT, REORDERED)]
    now = authors_at(stages, arguments, places, chosen, device, guilty.differences)
    earlier = [s for s in stages if sound and s.index <= sound[-1]]
    then = authors_at(earlier, arguments, places, chosen, device, guilty.differences) if earlier else None
    before = [author for *_, author in then] if then else [None] * len(now or [])
    return [author_data(*entry, author) for entry, author in zip(now or [], before, strict=True)]


def _charge(guilty: BoundaryResult) -> str:
    kinds = list(dict.fromkeys(f.kind for f in guilty.findings if f.is_error))
    parts = []
    if guilty.verdict == "differs":
        parts.append(f"changes the result (under schedule {guilty.schedule})")
    elif guilty.verdict in ("malformed", "stuck"):
        parts.append(f"leaves IR that cannot be executed: {guilty.detail}")
    if kinds:
        words = {
            "race": "a race",
            "deadlock": "a deadlock",
            "leak": "an operation nobody waits for",
            "uninitialised": "a read of memory nobody wrote",
            "out-of-bounds": "an access out of bounds",
            "fence": "a missing proxy fence",
        }
        parts.append("leaves " + ", ".join(words.get(k, k) for k in kinds))
    return " and ".join(parts)


def _of_error(
    case: Case, target: Target, pipeline: Pipeline, result: CheckResult, arguments: Any, out: Path
) -> dict[str, Any]:
    name = result.failed_pass or "the step after the last pass"
    data: dict[str, Any] = {
        "pass": result.failed_pass,
        "verdict": f"{name} fails: {result.error.strip().splitlines()[0]}",
    }
    if result.failed_pass:
        folder = out / f"{_slug(case)}-{result.failed_pass}"
        data["reproducer"] = str(
            reproducer.write(
                folder, case, target, pipeline.stages[-1], None, arguments, result.seed, failed=result.failed_pass
            )
        )
    return data


def _of_device(result: CheckResult, device: Mapping[str, Any], inputs: tuple[str, ...]) -> dict[str, Any]:
    assert result.oracle is not None
    outputs = {n: v for n, v in device.items() if n in result.oracle and n not in inputs}
    wrong = compare.differences({n: result.oracle[n] for n in outputs}, outputs)
    if not wrong or wrong[0].error <= result.bound:
        return {"found": False, "verdict": "the device agrees with every boundary"}
    last = result.results[-1].name
    verdict = (
        f"every boundary up to {last} is right and the device is not: code generation, the device compiler, or an "
        "effect that is not modelled"
    )
    return {
        "pass": "codegen",
        "verdict": verdict,
        "boundary": {"findings": [], "differences": [difference_data(d) for d in wrong]},
    }


def _slug(case: Case) -> str:
    return case.info.stem.replace("::", "-").replace(".py", "")


def _diff(before: Stage, after: Stage) -> str:
    """The structural diff of what one pass did."""
    from tl_passlab.diff import diff_text, render_hunks

    text = render_hunks(diff_text(reproducer.text_of(before), reproducer.text_of(after), "tir"))
    lines = text.splitlines()
    more = [f"... {len(lines) - MAX_DIFF_LINES} more lines"] if len(lines) > MAX_DIFF_LINES else []
    return "\n".join(lines[:MAX_DIFF_LINES] + more)
