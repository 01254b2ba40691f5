"""What repeated lowerings have in common, for people and as JSON values."""

from __future__ import annotations

from typing import Any

from tl_passlab.determinism import Stability, Variation
from tl_passlab.diff.render_text import render_hunks
from tl_passlab.diff.result import CLASSES
from tl_passlab.report.text import Style


def render_stability(name: str, target: str, lane: str, found: Stability, style: Style) -> str:
    """The verdict, the first pass that varies and the first that really varies, each with its hunks."""
    head = style.bold(f"{name}  {target}  tilelang {lane}   {found.runs} runs in fresh processes")
    if found.stable:
        return f"{head}\nthe same at every pass boundary, and the same source"
    lines = [head]
    if found.first is None:
        lines.append("the same at every pass boundary")
    elif found.first_real is None or found.first.place == found.first_real.place:
        lines += _variation("first varying pass", found.first, style)
    else:
        lines += _variation("first varying pass", found.first, style)
        lines += _variation("first real difference", found.first_real, style)
    if found.source is None:
        lines.append("generated source: the same in every run")
    else:
        lines += _variation("generated source", found.source, style)
    return "\n".join(lines)


def _variation(label: str, found: Variation, style: Style) -> list[str]:
    place = "" if label == "generated source" else f"{found.place}  "
    line = f"{label}: {place}{found.distinct} different outputs; run {found.run + 1} against run 1: {found.how}"
    shown = render_hunks(
        found.diff, style.width or 120, style.colour, unified=True, show=None if found.real else CLASSES, max_lines=8
    )
    return [line, *(f"  {row}" for row in shown.splitlines()[:40])]


def stability_json(found: Stability) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "runs": found.runs,
        "stable": found.stable,
        "distinct_sources": found.distinct_sources,
        "first": _json(found.first),
        "first_real": _json(found.first_real),
        "source": _json(found.source),
    }


def _json(found: Variation | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "place": found.place,
        "run": found.run + 1,
        "distinct": found.distinct,
        "real": found.real,
        "how": found.how,
        "classes": dict(found.diff.counts),
    }
