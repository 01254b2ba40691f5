"""How tests stand, as text: new failures first, then fixed, flaky, known; one paragraph for each that deserves it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from tl_passlab.history.standing import FIXED, FLAKY, KNOWN, NEW, Point, TestHistory
from tl_passlab.history.store import StoredTest
from tl_passlab.report.text import Style

HEADINGS = {NEW: "new failures", FIXED: "fixed", FLAKY: "flaky", KNOWN: "known failures"}
SHOWN = 20
RECENT = 5
# A median that moved less than this is noise of the clock.
NOTABLE = 0.05
_BARS = "▁▂▃▄▅▆▇█"
SPARKS = 24


def render_section(status: str, tests: Sequence[StoredTest], style: Style, limit: int = SHOWN) -> list[str]:
    """The tests of one status under its heading."""
    lines = [style.bold(f"{HEADINGS.get(status, status)} ({len(tests)})")]
    for test in tests[:limit]:
        lines += render_test(test, style)
    if len(tests) > limit:
        lines.append(style.dim(f"  ... {len(tests) - limit} more"))
    return lines


def render_test(test: StoredTest, style: Style) -> list[str]:
    """Name, what it says now, when it passed last, and what changed when it began to fail."""
    history = test.history
    lines = [f"  {test.name}{'   not in the newest run' if test.absent else ''}"]
    if test.message and history.first_failed is not None:
        lines.append("    " + style.clip(test.message.partition("\n")[0], 4))
    if history.first_failed is not None:
        lines.append(f"    last passed {when(history.last_passed)}; fails since {when(history.first_failed)}")
        lines.append(f"    {history.changed_at}")
        lines += [style.dim(f"    {test.replay}")] if test.replay else []
    else:
        lines[0] += f"   last passed {when(history.last_passed)}"
    if history.flake_rate:
        lines.append(f"    changed its outcome without any change of code in {history.flake_rate:.0%} of the last runs")
    if history.trend:
        lines.append(f"    {render_trend(history)}")
    return lines


def when(point: Point | None) -> str:
    """`2026-11-20 02:00`, or `never`."""
    return point.started[:16].replace("T", " ") if point is not None else "never"


def change_of(history: TestHistory) -> float | None:
    """The last measurements' median over that of the earlier ones, less one; None while there are too few."""
    values = [value for _, value in history.trend]
    earlier = values[:-RECENT]
    if len(earlier) < RECENT or statistics.median(earlier) <= 0:
        return None
    return statistics.median(values[-RECENT:]) / statistics.median(earlier) - 1


def render_trend(history: TestHistory) -> str:
    """`0.0312 ms  +12 % against earlier runs  ▁▁▂▇`."""
    values = [value for _, value in history.trend]
    change = change_of(history)
    words = f"{change:+.0%} against earlier runs" if change is not None else "too few runs to compare"
    return f"{statistics.median(values[-RECENT:]):.4g} ms  {words}  {sparkline(values)}"


def sparkline(values: Sequence[float]) -> str:
    """The last values as bars between the smallest and the largest of them."""
    shown = list(values)[-SPARKS:]
    low, high = min(shown), max(shown)
    if high == low:
        return _BARS[0] * len(shown)
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in shown)


def render_movers(tests: Sequence[StoredTest]) -> list[str]:
    """The measurements that moved notably, the slowest first."""
    moved = [(change, test) for test in tests if (change := change_of(test.history)) and abs(change) >= NOTABLE]
    if not moved:
        return []
    rows = sorted(moved, key=lambda pair: -pair[0])[:SHOWN]
    return [f"times that moved ({len(moved)})", *(f"  {t.name}  {render_trend(t.history)}" for _, t in rows)]
