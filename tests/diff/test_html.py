"""The HTML page in a real browser: hunks, filters, keys; and that nothing of a dump becomes markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.chromium import dom, narrow
from tests.diff.labelled import TILE, WS, read
from tl_passlab.cli import main
from tl_passlab.diff import diff_text
from tl_passlab.diff.render_html import render_page

EVIL = "<script>alert(1)</script>"
BEFORE = read(WS).replace("def main(", "def main_1(").replace('"tilelang_root"', f'"{EVIL}"')
AFTER = BEFORE.replace("T.bitwise_xor(ko % 6 // 3, 1)", "ko % 6 // 3").replace("kWarpSpecializationScope", f"{EVIL}k")


def page(before: str = BEFORE, after: str = AFTER, name: str = EVIL) -> str:
    return render_page(diff_text(before, after), name, "b'\"&<i>")


def test_text_of_a_dump_is_never_markup() -> None:
    text = page()
    assert EVIL not in text and "&lt;script&gt;alert(1)" in text
    assert text.count("<script>") == 1 and "b&#x27;&quot;&amp;&lt;i&gt;" in text


def test_placeholders_in_a_dump_are_not_filled_in() -> None:
    text = page(BEFORE, AFTER.replace("64, 64", "{{body}}"))
    assert "{{body}}" in text and text.count("<main>") == 1


def test_page_loads_nothing_from_elsewhere() -> None:
    assert not re.search(r"(?:src|href)=|https?://|@import|url\(", page("a\n", "b\n", "n"))


def test_identical_texts_make_a_page_that_says_so() -> None:
    assert "The two are identical." in page(BEFORE, BEFORE)


def test_every_line_is_on_the_page_or_folded() -> None:
    text = page()
    assert text.count('class="row') == len(BEFORE.split("\n")) - 1
    assert "unchanged lines</summary>" in text


def test_browser_shows_hunks_and_leaves_evil_names_text(tmp_path: Path) -> None:
    shown = dom(tmp_path, page(), "document.title = 'rows ' + document.querySelectorAll('.row').length")
    assert re.search(r"<title>rows \d{2,}</title>", shown)
    assert "parity that mbarrier_wait_parity waits for" in shown and "<script>alert(1)" not in shown
    assert shown.count('class="h"') >= 1


def test_browser_filter_hides_a_class_and_brings_it_back(tmp_path: Path) -> None:
    script = """
      var chip = document.querySelector('.chips button'), h = document.querySelector('.h');
      chip.click(); var off = h.classList.contains('off') && document.querySelector('.row.d.plain') !== null;
      chip.click(); var on = !h.classList.contains('off') && document.querySelector('.row.plain') === null;
      document.title = 'filter ' + off + ' ' + on;"""
    shown = dom(tmp_path, page(BEFORE, BEFORE.replace("range(8)", "range(9)", 1)), script)
    assert "<title>filter true true</title>" in shown


def test_browser_keys_go_from_hunk_to_hunk_and_cosmetic_ones_are_off(tmp_path: Path) -> None:
    script = """
      function key(k) { document.dispatchEvent(new KeyboardEvent('keydown', { key: k })); }
      function now() { var n = document.querySelector('.h.now'); return n ? n.id : 'none'; }
      key('n'); var a = now(); key('n'); var b = now(); key('p'); var c = now(); key('t'); key('e');
      document.title = [a === c, a !== b, document.documentElement.dataset.theme,
        document.querySelectorAll('details.same:not([open])').length,
        document.querySelectorAll('.h.cos.off').length].join(' ');"""
    before = read(TILE)
    after = before.replace("T.vectorized(4)", "T.vectorized(2)").replace("T.warpgroup_wait(0)", "T.warpgroup_wait(1)")
    shown = dom(tmp_path, page(before, after.replace("desc_a", "da")), script)
    title = re.search(r"<title>(.*)</title>", shown)
    assert title and re.fullmatch(r"true true (?:dark|light) 0 1", title.group(1)), title


def test_a_phone_shows_both_sides_below_each_other_without_scrolling_sideways(tmp_path: Path) -> None:
    script = """
      var row = document.querySelector('.row.d'), sides = row.querySelectorAll('.o, .n');
      return [document.documentElement.scrollWidth, sides[0].getBoundingClientRect().bottom <=
        sides[1].getBoundingClientRect().top].join(' ');"""
    assert narrow(tmp_path, page(), script) == "375 true"


def test_directories_make_one_page_with_a_section_for_every_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for side, text in (("old", BEFORE), ("new", AFTER)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "a.tir").write_text(text, encoding="utf-8")
        (tmp_path / side / "same.tir").write_text(BEFORE, encoding="utf-8")
        (tmp_path / side / f"{side}<b>.tir").write_text("x = 1\n", encoding="utf-8")
    out = tmp_path / "out.html"
    assert main(["diff", str(tmp_path / "old"), str(tmp_path / "new"), "--html", str(out)]) == 1
    text = out.read_text(encoding="utf-8")
    assert text.count('<details class="file"') == 4 and "old&lt;b&gt;.tir" in text and "<b>.tir" not in text
    assert text.count('<details class="file" open>') == 1


def test_a_page_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"{name} = 1\n", encoding="utf-8")
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "b"), "--html", str(tmp_path / "no" / "x.html")]) == 2
