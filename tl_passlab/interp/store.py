"""A check's result as plain data: what a child process hands over and what `--json` prints."""

from __future__ import annotations

import math
from typing import Any

from tl_passlab.interp.authors import Author
from tl_passlab.interp.check import BoundaryResult, CheckResult
from tl_passlab.interp.compare import Difference
from tl_passlab.interp.findings import Finding


def number(value: float) -> float | str:
    """A float that JSON can carry."""
    return value if math.isfinite(value) else str(value)


def difference_data(d: Difference) -> dict[str, Any]:
    """One output's difference."""
    elements = [{"index": list(i), "expected": number(e), "got": number(g)} for i, e, g in d.elements]
    return {"name": d.name, "error": number(d.error), "count": d.count, "total": d.total, "elements": elements}


def finding_data(f: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "kind": f.kind,
        "message": f.message,
        "statements": list(f.statements),
        "lines": list(f.lines),
        "roles": list(f.roles),
        "block": list(f.block),
        "detail": f.detail,
        "count": f.count,
        "error": f.is_error,
    }


def author_data(
    name: str, index: tuple[int, ...], expected: float, got: float, now: Author | None, before: Author | None
) -> dict[str, Any]:
    """A wrong element, who stored it, and who did before the pass; null where nobody did."""
    return {
        "name": name,
        "index": list(index),
        "expected": number(expected),
        "got": number(got),
        "author": None if now is None else now.data(),
        "before": None if before is None else before.data(),
    }


def boundary_data(r: BoundaryResult) -> dict[str, Any]:
    """One boundary."""
    return {
        "pass": r.name,
        "index": r.index,
        "verdict": r.verdict,
        "error": number(r.error),
        "detail": r.detail,
        "schedule": r.schedule,
        "ms": round(r.ms, 1),
        "states": r.states,
        "ok": r.ok,
        "failed": r.failed,
        "differences": [difference_data(d) for d in r.differences],
        "findings": [finding_data(f) for f in r.findings],
    }


def check_data(result: CheckResult) -> dict[str, Any]:
    """The whole check."""
    reference = None if result.reference is None else [difference_data(d) for d in result.reference]
    return {
        "case": result.case, "target": result.target, "lane": result.lane, "seed": result.seed, "ok": result.ok,
        "schedules": result.schedules, "exact_inputs": result.exact_inputs, "bound": result.bound,
        "reference": reference, "reference_bound": result.reference_bound, "reference_ok": result.reference_ok,
        "error": result.error, "failed_pass": result.failed_pass, "ms": round(result.ms, 1),
        "boundaries": [boundary_data(r) for r in result.results],
    }  # fmt: skip
