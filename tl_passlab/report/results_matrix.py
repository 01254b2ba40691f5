"""The matrix of a run: a row for each case, a column for each target and runner, a cell for what happened there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tl_passlab.history.record import SKIPPED
from tl_passlab.report.results_view import MARKS, OF_FAILURES, STATUSES, Item, View, axes


@dataclass(frozen=True)
class Cell:
    """The tests of one case on one target and runner, named after the worst of them."""

    name: str
    status: str
    mark: str
    text: str
    says: str
    link: str


@dataclass(frozen=True)
class Matrix:
    """`targets` are the upper heads with the number of columns they span; `runners` the lower ones."""

    targets: tuple[tuple[str, int], ...]
    runners: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]


def matrix_of(view: View) -> Matrix:
    """The matrix; tests that are of no case have no place in it."""
    rows, columns = axes(view.run.tests)
    placed: dict[str, list[Item]] = {}
    for item in view.items:
        if item.cell:
            placed.setdefault(item.cell, []).append(item)
    spans = Counter(target for target, _ in columns)
    table = []
    for case, row in rows.items():
        names = (f"r{row}c{column}" for column in columns.values())
        table.append((case, tuple(_cell(name, placed[name]) if name in placed else None for name in names)))
    return Matrix(tuple(spans.items()), tuple(runner for _, runner in columns), tuple(table))


def _cell(name: str, items: list[Item]) -> Cell:
    worst = min(items, key=lambda item: STATUSES.index(item.status))
    ran = [item for item in items if item.record.outcome != SKIPPED]
    same = [item for item in ran if item.status in _like(worst.status)]
    if worst.status in OF_FAILURES:
        verdicts = list(dict.fromkeys(item.record.verdict for item in same if item.record.verdict))
        text = ", ".join(verdicts[:2]) or "failed"
        text += f" {len(same)}/{len(ran)}" if len(ran) > 1 else ""
    else:
        text = str(len(ran) or len(items))
    count = Counter(item.label for item in items)
    says = ", ".join(f"{number} {label}" for label, number in count.items())
    return Cell(name, worst.status, MARKS[worst.status], text, says, worst.link)


def _like(status: str) -> tuple[str, ...]:
    return OF_FAILURES if status in OF_FAILURES else (status,)
