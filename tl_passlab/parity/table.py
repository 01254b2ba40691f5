"""A parity run as a Markdown table, a row for each kernel: `docs/parity.md` is made from results, not typed."""

from __future__ import annotations

import math
import os
import statistics
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from tl_passlab.parity.known import finding
from tl_passlab.parity.outcome import PASS, SKIPPED, Outcome
from tl_passlab.parity.results import Results

# A launch is timed by the host, with what waiting for the device costs; `passlab bench` times the device.
COLUMNS = ("case", "target", "verdict", "runs", "max abs error", "of its bound", "compile, s", "launch, us")
HEAD = (f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS))


def markdown(results: Results, folder: Path) -> str:
    """The rows, and above them what they were made with; links are written for a page in `folder`."""
    ordered = sorted(results.outcomes, key=_kernel)
    rows = [_row(list(found), folder) for _, found in groupby(ordered, key=_kernel)]
    failed = {_kernel(o) for o in ordered if o.failed}
    counts = f"{len(rows)} kernels (a case on a target), {len(failed)} of them wrong; {len(ordered)} runs, "
    counts += f"{sum(o.failed for o in ordered)} wrong."
    return "\n".join([f"{_made_with(results)} {counts}", "", *HEAD, *rows]) + "\n"


def merged(runs: Sequence[Results]) -> Results:
    """The kernels of all runs, each as the last run has it that ran it; the record is the last one's."""
    outcomes: dict[tuple[str, str], list[Outcome]] = {}
    for run in runs:
        found = sorted(run.outcomes, key=_kernel)
        outcomes |= {kernel: list(steps) for kernel, steps in groupby(found, key=_kernel)}
    return Results(runs[-1].run, tuple(step for steps in outcomes.values() for step in steps), runs[-1].skipped)


def _kernel(outcome: Outcome) -> tuple[str, str]:
    return outcome.case, outcome.target


def _made_with(results: Results) -> str:
    run = results.run
    found = [f"{d['name']} ({d['arch']}), driver {d['driver']}" for d in run.get("devices", ())]
    packages = ", ".join(f"{name} {version}" for name, version in dict(run.get("packages", {})).items())
    tools = [packages, f"nvcc {run['nvcc']}" if run.get("nvcc") else "", f"Python {run.get('python')}"]
    return f"{', '.join(found) or 'No device'}; {', '.join(t for t in tools if t)}; {str(run.get('started', ''))[:10]}."


def _row(outcomes: Sequence[Outcome], folder: Path) -> str:
    case, target = _kernel(outcomes[0])
    kinds = list(dict.fromkeys(o.kind for o in outcomes if o.failed))
    verdict = ", ".join(kinds) or (PASS if any(o.kind == PASS for o in outcomes) else SKIPPED)
    page = finding(case, target, outcomes[0].lane) if kinds else ""
    if page:
        verdict = f"[{verdict}]({os.path.relpath(page, folder)})"
    passed = [o for o in outcomes if o.kind == PASS]
    # What adversarial values overflow by design is no error of the kernel.
    errors = [d.max_abs for o in passed for d in o.differences if math.isfinite(d.max_abs)]
    largest = f"{max(errors):.2g}" if errors else ""
    share = f"{max(o.ratio for o in passed):.2g}" if passed else ""
    seconds = f"{max(o.compile_s for o in outcomes):.1f}"
    own = [o.launch_ms for o in passed if o.step.variant == outcomes[0].step.variant and o.launch_ms > 0]
    launch = f"{statistics.median(own) * 1e3:.0f}" if own else ""
    cells = (case, target, verdict, f"{len(passed)}/{len(outcomes)}", largest, share, seconds, launch)
    return f"| {' | '.join(cells)} |"
