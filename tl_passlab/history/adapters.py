"""Brings what the commands write to records: one function for each format, given its parsed document.

What counts as failed is decided here, by the rules of the test suite: a known device defect is an expected failure as
long as it shows; a kernel whose lowering varies between processes fails; of an upgrade, a kernel that no longer lowers.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tl_passlab.again import kernel_command
from tl_passlab.drift.result import BROKEN
from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED, Record
from tl_passlab.parity import outcome as kinds
from tl_passlab.parity.known import always_wrong, finding
from tl_passlab.parity.outcome import Outcome
from tl_passlab.parity.results import Results

SHOWN = 5


def parity_records(results: Results) -> list[Record]:
    """One record for each case, target and runner; the first failing step is shown, all are counted."""
    lane = str(results.run.get("packages", {}).get("tilelang") or "")
    groups: dict[tuple[str, str, str], list[Outcome]] = {}
    for outcome in results.outcomes:
        groups.setdefault((outcome.case, outcome.target, outcome.runner), []).append(outcome)
    records = [_parity_record(steps) for steps in groups.values()]
    for row in results.skipped:
        name = parity_name(row["case"], row["target"])
        records.append(Record(name, "parity", SKIPPED, row["case"], row["target"], lane=lane, message=row["reason"]))
    return records


def parity_name(case: str, target: str) -> str:
    """The same for a pair that ran and one that was skipped. A target has one device runner."""
    return f"parity/{case}[{target}]"


def _parity_record(steps: Sequence[Outcome]) -> Record:
    first = steps[0]
    failed = [step for step in steps if step.failed]
    ran = [step for step in steps if step.kind != kinds.SKIPPED]
    shown = failed[0] if failed else first
    page = finding(first.case, first.target, first.lane)
    verdict = Counter(step.kind for step in failed).most_common(1)[0][0] if failed else kinds.PASS
    message = f"{len(failed)} of {len(ran)} runs: {shown.reason}" if failed else f"{len(ran)} runs"
    if failed:
        result = EXPECTED if page else FAILED
    elif not ran:
        result, verdict, message = SKIPPED, kinds.SKIPPED, first.reason
    else:
        # As in the test suite, a known defect that no longer shows must leave the list.
        result = FAILED if page and always_wrong(first.case) else PASSED
    if page:
        again = "it passes now, take it off the known ones" if result == FAILED else "known"
        message = f"{message}; {'known' if failed else again}: {page}"
    return Record(
        parity_name(first.case, first.target), "parity", result, first.case, first.target, first.runner, first.lane,
        verdict=verdict,
        message=message,
        detail="\n".join([*(_step_line(step) for step in failed[:SHOWN]), shown.detail]).strip(),
        error_map=next((d.error_map for d in shown.differences if d.error_map), ""),
        replay=shown.replay,
        blame=blame_command(first.case, first.target, shown.step.sizes, shown.step.seed) if failed else "",
        measure_ms=_declared_shape_ms(ran) if not failed else None,
    )  # fmt: skip


def blame_command(case: str, target: str, sizes: Mapping[str, Any], seed: int, schedules: int = 0) -> str:
    """`passlab blame CASE --target ... --set M=65 --seed 3`: executes what a test ran at every pass boundary."""
    return kernel_command("blame", case, target, sizes, seed, schedules=schedules)


def _step_line(step: Outcome) -> str:
    sizes = ", ".join(f"{name}={value}" for name, value in step.step.sizes.items())
    worst = max(step.differences, key=lambda d: d.ratio, default=None)
    numbers = f"; {worst.output}: max abs {worst.max_abs:.3g}, rel {worst.max_rel:.3g}" if worst is not None else ""
    return (
        f"{step.step.variant} ({sizes}) seed {step.step.seed} {step.step.profile}: {step.kind}: {step.reason}{numbers}"
    )


def _declared_shape_ms(steps: Sequence[Outcome]) -> float | None:
    """The median launch at the first shape, the case's own: other shapes are no series over time."""
    times = [s.launch_ms for s in steps if s.step.variant == steps[0].step.variant and s.launch_ms > 0]
    return statistics.median(times) if times else None


def determinism_record(answer: Mapping[str, Any], replay: str = "", seconds: float = 0.0) -> Record:
    """The record of what `passlab trace --repeat N --json` prints."""
    case, target = str(answer["case"]), str(answer["target"])
    first = answer["first_real"] or answer["first"] or answer["source"]
    stable = bool(answer["stable"])
    where = f"{first['place']}: {first['distinct']} outputs, {first['how']}" if first else ""
    return Record(
        determinism_name(case, target), "determinism", PASSED if stable else FAILED, case, target,
        lane=str(answer["lane"]),
        verdict="stable" if stable else "varies" if first and first["real"] else "names vary",
        message=f"{answer['runs']} processes agree" if stable else f"{answer['runs']} processes; {where}",
        pass_name=str(first["place"]) if first else "",
        replay=replay,
        seconds=seconds,
    )  # fmt: skip


def determinism_name(case: str, target: str) -> str:
    """The name of a case's determinism record."""
    return f"determinism/{case}[{target}]"


def drift_records(document: Mapping[str, Any]) -> list[Record]:
    """One record for each pair of a `passlab-drift` document. A changed kernel passes: its verdict says `changed`."""
    before, after = str(document["from"]), str(document["to"])
    return [_drift_record(pair, before, after) for pair in document["pairs"]]


def _drift_record(pair: Mapping[str, Any], before: str, after: str) -> Record:
    case, target, status = str(pair["case"]), str(pair["target"]), str(pair["status"])
    origins = Counter(str(change["origin"]["name"]) for change in pair["changes"])
    words = ", ".join(f"{name} {count}" for name, count in origins.most_common())
    lines = [f"{c['class']}: {c['reason']} (from {c['origin']['name']})" for c in pair["changes"]]
    return Record(
        f"drift/{case}[{target}]", "drift", FAILED if status == BROKEN else PASSED, case, target,
        lane=after,
        verdict=status,
        message=f"{before} -> {after}: {words or pair['note'] or status}",
        detail="\n".join(filter(None, [str(pair["note"] or ""), *dict.fromkeys(lines)])),
        pass_name=next(iter(origins), ""),
        replay=f"passlab drift --from {before} --to {after} {case} --target {target} --full",
    )  # fmt: skip


def bench_record(document: Mapping[str, Any], lane: str) -> Record:
    """The record of what `passlab bench --json` prints: the median of tilelang's own time."""
    case, target = str(document["case"]), str(document["target"])
    timings = [row for row in document["timings"] if row]
    rest = [f"{row['what']} {row['median_us']:.1f} us" for row in timings]
    return Record(
        f"bench/{case}[{target}]", "bench", PASSED, case, target,
        lane=lane,
        verdict="timed",
        message="; ".join([*rest, str(document["device"])]),
        replay=f"passlab bench {case} --target {target}",
        measure_ms=timings[0]["median_us"] / 1000 if timings else None,
    )  # fmt: skip
