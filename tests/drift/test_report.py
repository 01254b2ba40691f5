"""The report as text, JSON and HTML, from hand-made lowerings."""

from __future__ import annotations

import dataclasses
import json
from html.parser import HTMLParser
from pathlib import Path

from tests.chromium import narrow
from tests.drift.lowerings import SOURCE, failed, lowering, replacing
from tl_passlab.drift import compare_traces
from tl_passlab.drift.group import by_origin, clusters, grouped
from tl_passlab.drift.result import Drift
from tl_passlab.report.drift_html import render_html
from tl_passlab.report.drift_json import drift_json
from tl_passlab.report.drift_text import render_drift
from tl_passlab.report.text import Style

EVIL = "<script>alert(1)</script>"


def report() -> Drift:
    """A changed kernel, the same on another target, one that is alike, and one that no longer lowers."""
    edit = replacing("A[bx * 1024", "A[bx * 512")
    source = replacing("A[(((bx * 1024)", "A[(((bx * 512)")(SOURCE)
    old, new = lowering("0.1.11"), lowering("0.1.15", {"LowerTileOp": edit}, source)
    elsewhere = [dataclasses.replace(t, target="cuda:sm_80") for t in (old, new)]
    pairs = [(old, new), (elsewhere[0], elsewhere[1]), (old, lowering("0.1.15"))]
    broken = dataclasses.replace(failed("0.1.15", "LayoutInference", f"no layout {EVIL}\x1b[31m"), case=f"evil/{EVIL}")
    found = [compare_traces(*pair) for pair in pairs] + [
        compare_traces(dataclasses.replace(old, case=broken.case), broken)
    ]
    return Drift("0.1.11", "0.1.15", tuple(found))


class Page(HTMLParser):
    """What a browser would make of a page: the open tags and what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_like_changes_of_several_kernels_are_one_cluster() -> None:
    (cluster,) = clusters(report())
    assert (cluster.origin, cluster.kind, cluster.count) == ("LowerTileOp", "memory access", 2)
    assert cluster.kernels == ("topic/idea  cuda:sm_90a", "topic/idea  cuda:sm_80")
    assert by_origin(report()) == [("LowerTileOp", 2, 2)]


def test_like_changes_of_one_kernel_are_told_once() -> None:
    (change,) = report().pairs[0].changes
    (group,) = grouped([change, change])
    assert group.count == 2


def test_text_has_the_verdicts_the_origins_and_no_control_characters() -> None:
    text = render_drift(report(), Style(), full=True)
    assert "tilelang 0.1.11 -> 0.1.15   4 kernel x target pairs" in text
    assert "no longer lowers 1   changed 2   same 1" in text
    assert "LowerTileOp      2 changes in 2 kernels" in text
    assert "topic/idea  cuda:sm_90a  changed  1   LowerTileOp 1" in text
    assert "+ A_shared[((tx * 8) + i)] = A[(((bx * 512) + (tx * 8)) + i)];" in text
    assert "\x1b" not in text


def test_text_is_short_without_full() -> None:
    assert "+ A_shared" not in render_drift(report(), Style())


def test_json_round_trips_and_names_the_pass() -> None:
    fields = json.loads(json.dumps(drift_json(report())))
    assert (fields["format"], fields["version"], fields["different"]) == ("passlab-drift", 1, True)
    (change,) = fields["pairs"][0]["changes"]
    assert change["origin"]["name"] == "LowerTileOp" and change["class"] == "memory access"
    assert change["ir"]["before"] != change["ir"]["after"]
    assert fields["pairs"][3]["status"] == "no longer lowers"


def test_page_is_whole_self_contained_and_escaped() -> None:
    html = render_html(report())
    page = Page()
    page.feed(html)
    assert page.open == [] and page.fetched == [] and "script" not in page.tags
    assert "&lt;script&gt;" in html and "no longer lowers" in html and "A[(((bx * 512)" in html


def test_page_fits_a_phone(tmp_path: Path) -> None:
    script = """
      document.querySelectorAll('details').forEach(function (d) { d.open = true; });
      return document.documentElement.scrollWidth;"""
    assert narrow(tmp_path, render_html(report()), script) == "375"


def test_nothing_changed_is_no_difference() -> None:
    same = Drift("0.1.11", "0.1.15", (compare_traces(lowering("0.1.11"), lowering("0.1.15")),))
    assert not same.different and report().different
    assert "where the changes begin" not in render_drift(same, Style())


def test_a_pass_that_some_kernels_share_belongs_to_no_lane_alone() -> None:
    one, two = report().pairs[0], report().pairs[1]
    one = dataclasses.replace(one, only_after=("New", "Sometimes"), shared_after=("LowerTileOp",))
    two = dataclasses.replace(two, only_after=("New",), shared_after=("LowerTileOp", "Sometimes"))
    assert Drift("0.1.11", "0.1.15", (one, two)).own_passes == (("0.1.11", []), ("0.1.15", ["New"]))
