"""A parity run as a Markdown table, a row for each kernel: `docs/parity.md` is made from results, not typed."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from tl_passlab.parity.known import finding
from tl_passlab.parity.outcome import PASS, SKIPPED, Outcome
from tl_passlab.parity.results import Results

HEAD = ("| case | target | verdict | runs | max abs error | of its bound | compiled in, s |", "|" + "---|" * 7)


def markdown(results: Results, folder: Path) -> str:
    """The rows, and above them what they were made with; links are written for a page in `folder`."""
    ordered = sorted(results.outcomes, key=_kernel)
    rows = [_row(list(found), folder) for _, found in groupby(ordered, key=_kernel)]
    failed = {_kernel(o) for o in ordered if o.failed}
    counts = f"{len(rows)} kernels (a case on a target), {len(failed)} of them wrong; {len(ordered)} runs, "
    counts += f"{sum(o.failed for o in ordered)} wrong."
    return "\n".join([f"{_made_with(results)} {counts}", "", *HEAD, *rows]) + "\n"


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
    seconds = max(o.compile_s for o in outcomes)
    runs = f"{len(passed)}/{len(outcomes)}"
    return f"| {case} | {target} | {verdict} | {runs} | {largest} | {share} | {seconds:.1f} |"
