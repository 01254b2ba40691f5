"""Pictures of a report as inline SVG: a measurement over time, and the map of an error."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tl_passlab.parity.error_map import SHADES
from tl_passlab.report.page import escape

WIDTH, HEIGHT = 360, 170
LEFT, RIGHT, TOP, BOTTOM = 54, 14, 12, 44
# Measurements that differ by less than this share are drawn as the flat line they are.
LEAST_SPAN = 0.1
STRANGE = "!"
UNITS = ((1.0, 1e3, "µs"), (1e3, 1.0, "ms"), (math.inf, 1e-3, "s"))

Points = Sequence[tuple[str, float]]


@dataclass(frozen=True)
class MapPart:
    """A part of an error map: rows of a picture, or a line of text."""

    rows: tuple[str, ...] = ()
    text: str = ""


def trend_svg(points: Points) -> str:
    """Measured milliseconds over the starts of the runs, oldest first; both axes labelled."""
    most = max(ms for _, ms in points)
    _, factor, unit = next(row for row in UNITS if most < row[0])
    values = [ms * factor for _, ms in points]
    low, high = _range(values)
    xs = [LEFT + share * (WIDTH - LEFT - RIGHT) for share in _shares([when for when, _ in points])]
    ys = [TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM) for value in values]
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{escape(when)}: {value:.4g} {unit}</title></circle>'
        for x, y, value, (when, _) in zip(xs, ys, values, points, strict=True)
    )
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    says = f"{values[0]:.4g} {unit} at first, {values[-1]:.4g} {unit} at last, {len(points)} runs"
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(says)}">'
        f'{_axes(low, high, unit, points)}<polyline points="{line}"/>{dots}</svg>'
    )


def change_of(points: Points) -> float:
    """The last measurement against the median of those before it, as a share; 0 where there is nothing before."""
    before = sorted(ms for _, ms in points[:-1])
    if not before or not before[len(before) // 2]:
        return 0.0
    return points[-1][1] / before[len(before) // 2] - 1


def map_parts(text: str) -> list[MapPart]:
    """An error map in its parts: lines of shades of one length belong to one picture, others are text."""
    parts: list[MapPart] = []
    for line in text.splitlines():
        drawn = bool(line) and set(line) <= set(SHADES + STRANGE)
        last = parts[-1] if parts else MapPart()
        if drawn and last.rows and len(last.rows[-1]) == len(line):
            parts[-1] = MapPart((*last.rows, line))
        else:
            parts.append(MapPart((line,)) if drawn else MapPart(text=line))
    return parts


def map_svg(rows: Sequence[str]) -> str:
    """Rows of shades as a picture, darker where more is wrong; what is not finite is crossed."""
    width, height = len(rows[0]), len(rows)
    shapes = []
    for number, shade in enumerate(SHADES + STRANGE):
        runs = "".join(_runs(rows, shade))
        if runs:
            shapes.append(f'<path class="e{number}" d="{runs}"/>')
    crosses = "".join(
        f"M{x + 0.2:g} {y + 0.2:g}l.6 .6m0 -.6l-.6 .6"
        for y, row in enumerate(rows)
        for x, c in enumerate(row)
        if c == STRANGE
    )
    shapes += [f'<path class="cross" d="{crosses}"/>'] if crosses else []
    wrong = sum(c != SHADES[0] for row in rows for c in row)
    says = f"{wrong} of {width * height} cells have wrong elements"
    # A map of one row is drawn higher, one of a single column wider, so that it can be seen.
    return (
        f'<svg class="map" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{says}" '
        f'style="aspect-ratio: {max(width, 8)} / {max(height, 2)}; max-width: {min(max(width, 8) * 10, 640)}px">'
        f"{''.join(shapes)}</svg>"
    )


def _runs(rows: Sequence[str], shade: str) -> list[str]:
    found = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = len(row[x:]) - len(row[x:].lstrip(shade))
            if length:
                found.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length or 1
    return found


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    middle = (low + high) / 2
    span = max((high - low) * 1.2, abs(middle) * LEAST_SPAN, 1e-9)
    return max(middle - span / 2, 0.0), middle + span / 2


def _shares(times: Sequence[str]) -> list[float]:
    """Where between the first and the last each time lies; evenly spread where they are no times."""
    try:
        stamps = [datetime.datetime.fromisoformat(when.replace("Z", "+00:00")).timestamp() for when in times]
    except ValueError:
        stamps = []
    if not stamps or stamps[-1] <= stamps[0] or sorted(stamps) != stamps:
        stamps = [float(number) for number in range(len(times))]
    span = stamps[-1] - stamps[0]
    return [(stamp - stamps[0]) / span if span else 0.5 for stamp in stamps]


def _axes(low: float, high: float, unit: str, points: Points) -> str:
    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [f'<path class="axis" d="M{LEFT} {TOP}V{floor}H{right}"/>']
    for step in range(3):
        value = low + (high - low) * step / 2
        y = floor - (floor - TOP) * step / 2
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{right}"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    first, last = points[0][0][:10], points[-1][0][:10]
    parts.append(f'<text x="{LEFT}" y="{floor + 16}">{escape(first)}</text>')
    if len(points) > 1 and last != first:
        parts.append(f'<text x="{right}" y="{floor + 16}" text-anchor="end">{escape(last)}</text>')
    middle = (LEFT + right) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 8}" text-anchor="middle">start of the run (UTC)</text>')
    centre = (TOP + floor) / 2
    parts.append(f'<text transform="translate(11 {centre:.0f}) rotate(-90)" text-anchor="middle">time, {unit}</text>')
    return "".join(parts)
