"""A run as its report shows it: every test with how it stands, the sections in reading order, the matrix.

The page and the text summary are both made from this, so that they agree. A failure is never lost: one that the
standing does not name is in the section of plain failures.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED, Record, Run
from tl_passlab.history.standing import FIXED, FLAKY, KNOWN, NEW, Standing
from tl_passlab.report.page import printable

# Worst first: a cell of the matrix shows the worst of its tests.
STATUSES = (NEW, FAILED, KNOWN, FLAKY, FIXED, EXPECTED, PASSED, SKIPPED)
MARKS = {NEW: "✗", FAILED: "✗", KNOWN: "■", FLAKY: "≈", FIXED: "↑", EXPECTED: "○", PASSED: "✓", SKIPPED: "–"}
LABELS = {NEW: "new failure", FAILED: "failure", KNOWN: "known failure", EXPECTED: "expected failure"}
SECTIONS = {
    NEW: ("New failures", "They passed before, or are here for the first time."),
    FAILED: ("Failures", ""),
    FIXED: ("Fixed", "They failed in the run before and pass now."),
    FLAKY: ("Flaky", "They pass and fail although nothing changed."),
    KNOWN: ("Known failures", "They failed in the run before as well."),
    EXPECTED: ("Expected failures", "Known upstream defects that show, as the suite expects."),
}
OF_FAILURES = (NEW, FAILED, KNOWN)


@dataclass(frozen=True)
class Item:
    """One test: its record, how it stands, its anchor on the page and what its past says."""

    record: Record
    status: str
    anchor: str
    cell: str = ""
    past: str = ""

    @property
    def link(self) -> str:
        """The fragment that leads to it."""
        return f"#test={quote(self.anchor.removeprefix('test='), safe='')}"

    @property
    def mark(self) -> str:
        """The symbol of its status: the report is read without colours too."""
        return MARKS[self.status]

    @property
    def label(self) -> str:
        """Its status in words."""
        return LABELS.get(self.status, self.status)

    @property
    def failed(self) -> bool:
        """Whether it failed and should not."""
        return self.record.outcome == FAILED

    @property
    def told(self) -> bool:
        """Whether it has a place of its own in one of the sections."""
        return self.status in SECTIONS

    @property
    def tokens(self) -> str:
        """What the outcome filter finds it by."""
        return " ".join(dict.fromkeys(word.replace(" ", "-") for word in (self.record.outcome, self.status)))


@dataclass(frozen=True)
class Section:
    """Tests of one status."""

    status: str
    title: str
    note: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class View:
    """All of it."""

    run: Run
    standing: Standing | None
    items: tuple[Item, ...]

    @property
    def sections(self) -> tuple[Section, ...]:
        """New failures first, then fixed, flaky and known ones."""
        found = []
        for status, (title, note) in SECTIONS.items():
            items = tuple(item for item in self.items if item.status == status)
            if items:
                found.append(Section(status, title, note, items))
        return tuple(found)

    @property
    def counts(self) -> dict[str, int]:
        """Tests for each status, worst first; only what there is."""
        count = Counter(item.status for item in self.items)
        return {status: count[status] for status in STATUSES if count[status]}

    @staticmethod
    def mark(status: str) -> str:
        """The symbol of a status."""
        return MARKS[status]

    @staticmethod
    def label(status: str, number: int = 1) -> str:
        """A status in words: `new failure`, `3 known failures` for that many."""
        label = LABELS.get(status, status)
        return f"{label}s" if number > 1 and label in LABELS.values() else label

    @property
    def failed(self) -> bool:
        """Whether anything failed that should not."""
        return any(item.failed for item in self.items)

    @property
    def kinds(self) -> dict[str, Counter[str]]:
        """Outcomes by kind of test."""
        found: dict[str, Counter[str]] = {}
        for item in self.items:
            found.setdefault(item.record.kind, Counter())[item.record.outcome] += 1
        return dict(sorted(found.items()))


def view_of(run: Run, standing: Standing | None) -> View:
    """The view of a run; without a standing nothing is new, fixed or flaky."""
    status = _named(standing) if standing else {}
    seen: Counter[str] = Counter()
    rows, columns = axes(run.tests)
    items = []
    for record in run.tests:
        name = printable(record.name)
        seen[name] += 1
        again = f"~{seen[name]}" if seen[name] > 1 else ""
        cell = f"r{rows[record.case]}c{columns[column_of(record)]}" if record.case else ""
        stands = _status(record, status.get(record.name, ""))
        items.append(Item(record, stands, f"test={name}{again}", cell, _past(record, standing)))
    return View(run, standing, tuple(sorted(items, key=lambda item: STATUSES.index(item.status))))


def column_of(record: Record) -> tuple[str, str]:
    """The column of the matrix: target, and the runner or what else executed the test."""
    return record.target, record.runner or record.kind


def axes(tests: Sequence[Record]) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Rows (cases) and columns of the matrix, each with its number."""
    placed = [record for record in tests if record.case]
    rows = sorted({record.case for record in placed})
    columns = sorted({column_of(record) for record in placed})
    return {case: n for n, case in enumerate(rows)}, {column: n for n, column in enumerate(columns)}


def moment(when: str) -> str:
    """`2026-11-20 02:00 UTC` of an ISO time; any other text as it is."""
    try:
        found = datetime.datetime.fromisoformat(when.replace("Z", "+00:00"))
    except ValueError:
        return when
    utc = found.replace(tzinfo=found.tzinfo or datetime.timezone.utc).astimezone(datetime.timezone.utc)
    return utc.strftime("%Y-%m-%d %H:%M UTC")


def _named(standing: Standing) -> dict[str, str]:
    lists = ((KNOWN, standing.known), (FLAKY, standing.flaky), (FIXED, standing.fixed), (NEW, standing.new))
    return {name: status for status, names in lists for name in names}


def _status(record: Record, named: str) -> str:
    """How a record stands; a standing that contradicts the record (another run's) is not believed."""
    if record.outcome == FAILED:
        return named if named in (NEW, FLAKY, KNOWN) else FAILED
    if record.outcome == SKIPPED:
        return SKIPPED
    return named if named in (FIXED, FLAKY) else record.outcome


def _past(record: Record, standing: Standing | None) -> str:
    """`failing since 2026-11-20T02:00:00 (tilelang 0.1.14 -> 0.1.15); flaky in 20 % of the last runs`."""
    past = standing.history.get(record.name) if standing else None
    if past is None:
        return ""
    words = []
    if past.first_failed is not None:
        words.append(f"failing since {moment(past.first_failed.started)} ({past.changed_at})")
        # Where it never passed, what it changed at says so.
        words += [f"last passed {moment(past.last_passed.started)}"] if past.last_passed else []
    if past.flake_rate:
        words.append(f"changed its outcome without a change in {past.flake_rate:.0%} of the last runs")
    return "; ".join(words)
