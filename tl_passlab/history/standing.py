"""How a test stands against its own past: newly failing, fixed, flaky, failing as before; since when and what change.

Plain functions over the points of one test, oldest first; the database only fetches them. A skipped run says nothing
about a test, so every rule passes over it. An expected failure is good: the suite says that it must show.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED

GOOD = (PASSED, EXPECTED)
# The runs that flakes are counted over, and the failures in a row after which a test no longer counts as flaky.
WINDOW = 20
STUCK = 3

NEW = "new"
FIXED = "fixed"
FLAKY = "flaky"
KNOWN = "known"
FINE = "passing"
NOT_RUN = "skipped"
STATUSES = (NEW, FIXED, FLAKY, KNOWN, FINE, NOT_RUN)


@dataclass(frozen=True)
class Point:
    """One test in one run. `tilelang` and `commit` are what could have changed its outcome."""

    run_id: str
    started: str
    tilelang: str
    commit: str
    outcome: str
    measure_ms: float | None = None

    def same_code(self, other: Point) -> bool:
        """Whether neither tilelang nor the commit differs; unknown ones cannot be told to be the same."""
        return bool(self.tilelang and self.commit) and self.code == other.code

    @property
    def code(self) -> tuple[str, str]:
        """What was tested."""
        return self.tilelang, self.commit


@dataclass(frozen=True)
class TestHistory:
    """What the past of one test says. `first_failed` is where the present failure began, None for a test that passes.

    `flake_rate` is the share of the last runs whose outcome differs from the run before it although nothing changed.
    """

    __test__: ClassVar[bool] = False

    name: str
    status: str
    last_passed: Point | None = None
    first_failed: Point | None = None
    flake_rate: float = 0.0
    trend: tuple[tuple[str, float], ...] = ()

    @property
    def changed_at(self) -> str:
        """What differs between the last passing and the first failing run; empty for a test that does not fail."""
        if self.first_failed is None:
            return ""
        old, new = self.last_passed, self.first_failed
        if old is None:
            return f"tilelang {new.tilelang or '?'}, commit {short_commit(new.commit)}: it never passed before"
        changes = [f"tilelang {old.tilelang} -> {new.tilelang}"] if old.tilelang != new.tilelang else []
        before, after = short_commit(old.commit), short_commit(new.commit)
        changes += [f"commit {before} -> {after}"] if old.commit != new.commit else []
        same = f"nothing changed: tilelang {new.tilelang or '?'}, commit {after}"
        return ", ".join(changes) or same


@dataclass(frozen=True)
class Standing:
    """A run against the runs before it: the names of its records that deserve a look, and measurements over time.

    `trends` has (started, measure_ms) points, oldest first; `history` every test of the run.
    """

    new: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    trends: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    history: Mapping[str, TestHistory] = field(default_factory=dict)


def history_of(name: str, points: Sequence[Point]) -> TestHistory:
    """The history of one test from its points, oldest first."""
    decisive = [p for p in points if p.outcome != SKIPPED]
    good = [i for i, p in enumerate(decisive) if p.outcome in GOOD]
    last_good = good[-1] if good else -1
    failing = decisive[last_good + 1 :]
    flips = _flips(decisive[-WINDOW:])
    return TestHistory(
        name=name,
        status=NOT_RUN if points[-1].outcome == SKIPPED else _status(decisive, len(failing)),
        last_passed=decisive[last_good] if good else None,
        first_failed=failing[0] if failing else None,
        flake_rate=sum(flips) / len(flips) if flips else 0.0,
        trend=tuple((p.started, p.measure_ms) for p in points if p.measure_ms is not None),
    )


def standing_of(histories: Iterable[TestHistory]) -> Standing:
    """The standing of a run from the histories of its tests."""
    found = {history.name: history for history in histories}
    by_status = {s: tuple(sorted(n for n, h in found.items() if h.status == s)) for s in STATUSES}
    trends = {name: history.trend for name, history in found.items() if history.trend}
    return Standing(by_status[NEW], by_status[FIXED], by_status[FLAKY], by_status[KNOWN], trends, found)


def _flips(decisive: Sequence[Point]) -> list[bool]:
    """For each run but the first, whether its outcome differs from the one before although nothing changed."""
    pairs = itertools.pairwise(decisive)
    return [(old.outcome == FAILED) != (new.outcome == FAILED) and old.same_code(new) for old, new in pairs]


def _status(decisive: Sequence[Point], in_a_row: int) -> str:
    """The status of a test that ran; `in_a_row` is how many of its last runs failed."""
    flips = _flips(decisive[-WINDOW:])
    if in_a_row:
        # The flip that began this failure is no evidence that the test was flaky before it.
        flaky = any(flips[: max(len(flips) - in_a_row, 0)])
        if flaky and in_a_row == STUCK:
            return NEW
        if flaky and in_a_row < STUCK:
            return FLAKY
        return NEW if in_a_row == 1 else KNOWN
    if any(flips):
        return FLAKY
    return FIXED if len(decisive) > 1 and decisive[-2].outcome == FAILED else FINE


def short_commit(commit: str) -> str:
    """A commit as people write it; what follows the hash (`-dirty...`) stays."""
    head, dash, rest = commit.partition("-")
    return head[:10] + dash + rest if commit else "?"
