"""A run as one self-contained page: what is new first, the matrix, every failure with what is known of it, trends.

The template escapes whatever it is given; only the pictures, which escape their texts themselves, and our own style and
script are put in as they are. Without its script the page has everything but filters and copy buttons.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from tl_passlab.history.record import OUTCOMES, Record, Run
from tl_passlab.history.standing import Standing, short_commit
from tl_passlab.report.page import THEME_SCRIPT, document, part, printable
from tl_passlab.report.results_matrix import matrix_of
from tl_passlab.report.results_plots import change_of, map_parts, map_svg, trend_svg
from tl_passlab.report.results_view import STATUSES, View, moment, view_of

# Colours told apart by people who confuse red and green too: vermilion, blue, purple, yellow.
LIGHT = {
    **{"bad": "#a33a00", "bad-bg": "#ffe4d4", "good": "#0b5394", "good-bg": "#e3f0fb", "weak": "#82307a"},
    **{"weak-bg": "#f8e6f5", "known": "#6a5300", "known-bg": "#fdf3c7", "idle": "#59636e", "idle-bg": "#f1f1f4"},
    **{"e0": "#dbe4ee", "e1": "#f2b58a", "e2": "#e07b3c", "e3": "#b84a0e", "e4": "#6e2400", "e5": "#6b1fa0"},
}
DARK = {
    **{"bad": "#ffb088", "bad-bg": "#4a2410", "good": "#8cc8ff", "good-bg": "#10304d", "weak": "#f0a8e6"},
    **{"weak-bg": "#43203e", "known": "#f2d675", "known-bg": "#3c3310", "idle": "#9198a1", "idle-bg": "#20242b"},
    **{"e0": "#26303c", "e1": "#7a3d16", "e2": "#b85c1e", "e3": "#ec8a45", "e4": "#ffd0ac", "e5": "#c58bf2"},
}
# Characters of one text, and of the texts of all failures together: where everything failed the page still opens.
LONGEST = 20_000
TOGETHER = 6_000_000
SHORTEST = 600
LEGEND = (
    ("-", "none wrong"),
    ("-", "under a quarter"),
    ("+", "under half"),
    ("*", "under three quarters"),
    ("#", "more"),
    ("!", "NaN or infinity"),
)
OPEN = 8
BRIEF = 120
BREAKS = re.compile(r"([/_])")
PLOTS = 40


@dataclass(frozen=True)
class Trend:
    """A measurement over the runs."""

    name: str
    svg: Markup
    first: float
    last: float
    change: float
    runs: int


def render_results(run: Run, standing: Standing | None) -> str:
    """The page of a run, and of how it stands against the runs before it where that is known."""
    view = view_of(run, standing)
    told = sum(item.told for item in view.items)
    limit = max(SHORTEST, min(LONGEST, TOGETHER // max(told, 1)))
    fields = {
        "view": view,
        "run": run,
        "matrix": matrix_of(view),
        "trends": _trends(standing),
        "targets": sorted({record.target for record in run.tests if record.target}),
        "choices": [*OUTCOMES, *(status for status in STATUSES if status not in OUTCOMES)],
        "groups": _groups(view),
        "outcomes": [outcome for outcome in OUTCOMES if any(record.outcome == outcome for record in run.tests)],
        "legend": LEGEND,
        "took": _took(run),
        "open": OPEN,
        "plots": PLOTS,
    }
    body = _environment(limit).get_template("results.html").render(fields)
    style, script = part(__file__, "results.css"), THEME_SCRIPT + part(__file__, "results.js")
    title = f"passlab: {run.run_id or 'results'}, {moment(run.started)}".strip(", ")
    return document(title, style, body, script, light=LIGHT, dark=DARK)


def _environment(limit: int) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = lambda text: shortened(text, limit)
    environment.filters["map_parts"] = map_parts
    environment.filters["map_svg"] = lambda rows: Markup(map_svg(rows))
    environment.filters["pass_rows"] = pass_rows
    environment.filters["commit"] = lambda commit: short_commit(commit) if commit else ""
    environment.filters["breakable"] = breakable
    environment.filters["brief"] = brief
    environment.filters["moment"] = moment
    environment.filters["duration"] = duration
    return environment


def shortened(text: str, limit: int) -> str:
    """The text, or its two ends and how much is left out between them."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit * 2 // 3], text[-(limit // 3) :]
    return f"{head}\n... {len(text) - len(head) - len(tail)} characters left out; --json has them ...\n{tail}"


def breakable(name: str) -> Markup:
    """A name that a narrow column breaks between its words."""
    parts = BREAKS.split(printable(name))
    return Markup("").join(escape(part) + Markup("<wbr>") if part in ("/", "_") else part for part in parts)


def brief(record: Record) -> str:
    """What a closed card says of a test: its verdict, or its message where the verdict is the badge's word again."""
    told = record.message if record.verdict in ("", *OUTCOMES) else record.verdict
    first = (told.splitlines() or [""])[0]
    return first if len(first) <= BRIEF else f"{first[: BRIEF - 3]}..."


def duration(seconds: float) -> str:
    """`0.2 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, over = divmod(minutes, 60)
    return f"{hours} h {over} min" if hours else f"{minutes} min {rest} s"


def pass_rows(record: Record) -> list[dict[str, Any]]:
    """The lines of a pass table: what each pass did, and which one is guilty."""
    rows = []
    for line in record.pass_table.splitlines():
        sign, _, rest = line.strip().partition(" ")
        name, _, did = rest.partition(" ")
        known = sign in ("=", "~") and bool(name)
        rows.append(
            {
                "name": name if known else line,
                "did": did if known else "",
                "changed": sign == "~",
                "guilty": name == record.pass_name,
            }
        )
    return rows


def _took(run: Run) -> tuple[str, float]:
    """How long the steps of a night took, or the tests of any other run: the one holds the other."""
    steps = [record.seconds for record in run.tests if record.name == f"nightly/{record.kind}"]
    return ("took", sum(steps)) if steps else ("time in tests", sum(record.seconds for record in run.tests))


def _trends(standing: Standing | None) -> list[Trend]:
    """Measured more than once, the largest change first."""
    known = standing.trends.items() if standing else ()
    found = [(name, points, change_of(points)) for name, points in known if len(points) > 1]
    found.sort(key=lambda row: (-abs(row[2]), row[0]))
    return [
        Trend(
            name, Markup(trend_svg(points)) if n < PLOTS else Markup(), points[0][1], points[-1][1], change, len(points)
        )
        for n, (name, points, change) in enumerate(found)
    ]


def _groups(view: View) -> dict[str, list[Any]]:
    """Every test by its kind, in the order of names."""
    groups: dict[str, list[Any]] = {}
    for item in sorted(view.items, key=lambda item: (item.record.kind, item.record.name)):
        groups.setdefault(item.record.kind, []).append(item)
    return groups
