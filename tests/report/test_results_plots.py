"""The pictures of a report: trends with labelled axes, error maps cell by cell."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from tests.report.synthetic import EVIL, MAP
from tl_passlab.report.results_plots import MapPart, change_of, map_parts, map_svg, trend_svg

SVG = "{http://www.w3.org/2000/svg}"
DAYS = tuple(f"2026-11-{day:02}T02:00:00+00:00" for day in (1, 2, 4))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("text")]


def dots(svg: str) -> list[tuple[float, float]]:
    return [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in ET.fromstring(svg).iter("circle")]


def test_trend_has_both_axes_labelled_and_a_point_for_each_run() -> None:
    svg = trend_svg(list(zip(DAYS, (0.010, 0.012, 0.011), strict=True)))
    assert "time, µs" in texts(svg) and "start of the run (UTC)" in texts(svg)
    assert "2026-11-01" in texts(svg) and "2026-11-04" in texts(svg)
    (x1, y1), (x2, y2), (x3, y3) = dots(svg)
    assert abs((x2 - x1) * 2 - (x3 - x2)) < 0.5, "two days are twice as far apart as one"
    assert y2 < y3 < y1, "a longer time is higher"


@pytest.mark.parametrize(("ms", "unit"), [(0.5, "µs"), (5.0, "ms"), (5000.0, "s")])
def test_unit_follows_the_measurement(ms: float, unit: str) -> None:
    assert f"time, {unit}" in texts(trend_svg([(DAYS[0], ms), (DAYS[1], ms)]))


def test_noise_is_drawn_flat() -> None:
    (_, y1), (_, y2) = dots(trend_svg([(DAYS[0], 1.0), (DAYS[1], 1.001)]))
    assert 0 < y1 - y2 < 3


@pytest.mark.parametrize(
    "points",
    [
        [("yesterday", 1.0), ("today", 2.0), (EVIL, 3.0)],
        [(DAYS[1], 1.0), (DAYS[0], 2.0), (DAYS[2], 0.0)],
        [(DAYS[0], 0.0)],
        [(DAYS[0], 1.0), (DAYS[0], 1.0)],
        [("2026-11-01T00:00:00", 1.0), (DAYS[1], 2.0)],
    ],
)
def test_any_points_make_a_picture_within_its_frame(points: list[tuple[str, float]]) -> None:
    svg = trend_svg(points)
    assert EVIL not in svg and "nan" not in svg
    assert all(50 <= x <= 350 and 10 <= y <= 130 for x, y in dots(svg)) and len(dots(svg)) == len(points)


def test_change_is_the_last_against_the_median_before() -> None:
    assert change_of([("", 1.0), ("", 9.0), ("", 1.0), ("", 2.0)]) == 1.0
    assert change_of([("", 1.0)]) == 0.0 and change_of([("", 0.0), ("", 1.0)]) == 0.0


def test_map_parts_keep_text_and_pictures_apart() -> None:
    assert map_parts("C:\n..#\n...\nD, next\n##\n-") == [
        *(MapPart(text="C:"), MapPart(("..#", "...")), MapPart(text="D, next"), MapPart(("##",)), MapPart(("-",))),
    ]


def test_every_cell_of_a_map_is_painted_once_in_its_shade() -> None:
    (rows,) = [piece.rows for piece in map_parts(MAP) if piece.rows]
    painted: dict[tuple[int, int], str] = {}
    for path in ET.fromstring(map_svg(rows)).iter("path"):
        if path.get("class") == "cross":
            continue
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", path.get("d", "")):
            for cell in range(int(x), int(x) + int(length)):
                assert (cell, int(y)) not in painted
                painted[cell, int(y)] = ".-+*#!"[int(path.get("class", "")[1:])]
    assert ["".join(painted[x, y] for x in range(64)) for y in range(9)] == list(rows)


def test_map_counts_its_wrong_cells() -> None:
    assert 'aria-label="3 of 8 cells have wrong elements"' in map_svg(["..#.", "!..-"])
