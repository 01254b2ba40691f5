"""A drift report as JSON values: format `passlab-drift`, version 1."""

from __future__ import annotations

from typing import Any

from tl_passlab.diff import Hunk
from tl_passlab.drift.group import by_origin
from tl_passlab.drift.result import Change, Drift, PairDrift

FORMAT = "passlab-drift"
VERSION = 1


def drift_json(drift: Drift) -> dict[str, Any]:
    """Everything the report knows; line numbers count from 1."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "from": drift.before,
        "to": drift.after,
        "different": drift.different,
        "origins": [{"origin": o, "changes": n, "kernels": k} for o, n, k in by_origin(drift)],
        "pairs": [_pair(pair) for pair in drift.pairs],
    }


def _pair(pair: PairDrift) -> dict[str, Any]:
    return {
        "case": pair.case,
        "target": pair.target,
        "status": pair.status,
        "note": pair.note,
        "first_divergence": pair.first_divergence,
        "only_before": list(pair.only_before),
        "only_after": list(pair.only_after),
        "cosmetic": pair.cosmetic,
        "changes": [_change(change) for change in pair.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    origin = change.origin
    return {
        **_hunk(change.hunk),
        "origin": {
            "name": origin.name,
            "other_name": origin.other_name,
            "only_in": origin.only_in,
            "input_differs_since": list(origin.after),
            "near": change.near,
        },
        "ir": None if change.ir is None else _hunk(change.ir),
    }


def _hunk(hunk: Hunk) -> dict[str, Any]:
    return {
        "class": hunk.kind,
        "also": list(hunk.also),
        "reason": hunk.reason,
        "where": list(hunk.breadcrumbs),
        "before_line": hunk.before_line,
        "after_line": hunk.after_line,
        "before": list(hunk.before),
        "after": list(hunk.after),
    }
