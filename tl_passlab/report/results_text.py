"""A run as text: what a person reads in a terminal or a log before opening the page."""

from __future__ import annotations

import dataclasses
from typing import Any

from tl_passlab.history.record import EXPECTED, Run
from tl_passlab.history.standing import Standing
from tl_passlab.report.page import printable
from tl_passlab.report.results_view import Item, View, view_of
from tl_passlab.report.text import Style

NAMED = 12


def render_summary(run: Run, standing: Standing | None, style: Style) -> str:
    """Counts, then what failed, was fixed, or is flaky, in the order of the page."""
    view = view_of(run, standing)
    lines = [style.bold(_headline(run)), _counts(view)]
    for section in view.sections:
        if section.status == EXPECTED:
            continue
        lines += ["", style.bold(f"{section.title}  {len(section.items)}")]
        lines += [row for item in section.items[:NAMED] for row in _rows(item, style)]
        if len(section.items) > NAMED:
            lines.append(style.dim(f"  ... {len(section.items) - NAMED} more; --html and --json have them all"))
    return "\n".join(lines)


def summary_json(run: Run, standing: Standing | None) -> dict[str, Any]:
    """The run with its counts, and each test with how it stands."""
    view = view_of(run, standing)
    fields = dataclasses.asdict(dataclasses.replace(run, tests=()))
    del fields["tests"]
    tests = [{**dataclasses.asdict(item.record), "status": item.status, "past": item.past} for item in view.items]
    trends = {name: [list(point) for point in points] for name, points in standing.trends.items()} if standing else {}
    return {"run": fields, "counts": view.counts, "failed": view.failed, "tests": tests, "trends": trends}


def first_replay(run: Run, standing: Standing | None) -> str:
    """The command that repeats the first failure, in reading order; empty when there is none."""
    items = [item for section in view_of(run, standing).sections for item in section.items]
    return next((item.record.replay for item in items if item.failed and item.record.replay), "")


def _headline(run: Run) -> str:
    versions = f"tilelang {run.tilelang}" if run.tilelang else f"lane {run.lane}" if run.lane else ""
    devices = ", ".join(run.devices) or "no device"
    return printable("  ".join(word for word in (run.run_id, run.started, versions, run.machine, devices) if word))


def _counts(view: View) -> str:
    counts = [f"{number} {view.label(status, number)}" for status, number in view.counts.items()]
    return f"{len(view.items)} test{'s' if len(view.items) > 1 else ''}: {', '.join(counts)}" if counts else "no tests"


def _rows(item: Item, style: Style) -> list[str]:
    record = item.record
    verdict = f"  {record.verdict}" if record.verdict else ""
    first = (record.message.splitlines() or [""])[0]
    lines = [f"  {item.mark} {_plain(record.name)}{_plain(verdict)}"]
    if item.failed and first:
        lines.append(f"      {style.clip(_plain(first), 6)}")
    if item.failed and record.blamed and record.blamed != first:
        lines.append(f"      {style.clip(_plain(record.blamed), 6)}")
    if item.past:
        lines.append(style.dim(f"      {_plain(item.past)}"))
    return lines


def _plain(text: str) -> str:
    return printable(text).replace("\n", " ")
