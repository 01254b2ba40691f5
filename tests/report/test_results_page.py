"""The page of a run: what it holds and in which order, and that no text of a run becomes markup."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

import pytest

from tests.report.synthetic import CASES, EVIL, failures, run, standing
from tl_passlab.history.record import FAILED, PASSED, Record, Run
from tl_passlab.history.standing import Point, Standing, history_of
from tl_passlab.report.results_html import breakable, brief, duration, pass_rows, render_results, shortened

# What a name can try: an element, an attribute, the end of a script, of a comment; reversed and half characters.
ATTACKS = (
    EVIL,
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)",
    "</script>{{ 7*7 }}]]>-->",
    "a\u202eb\x1b[31m\ud800",
)
VOID = ("meta", "input", "br", "wbr")


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            # Where a name may be broken, it is still one word.
            before = self.text.pop() if self.tags[-1:] == ["wbr"] and self.text else ""
            self.text.append(before + data)

    @property
    def drawn(self) -> list[str]:
        return [tag for tag in self.tags if tag != "wbr"]

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.text).split())


def hostile(attack: str) -> tuple[Run, Standing]:
    """A run every text of which, and of its past, is an attack; one test for each outcome."""
    texts = {f.name: attack for f in dataclasses.fields(Record) if f.type == "str" and f.name not in ("outcome",)}
    records = tuple(
        Record(outcome=outcome, **{**texts, "name": f"{attack}{outcome}", "pass_table": f"~ {attack} +1\n{attack}"})
        for outcome in (FAILED, PASSED, "skipped", "expected failure")
    )
    points = [Point(attack, attack, attack, attack, outcome, 1.0) for outcome in (PASSED, FAILED)]
    past = history_of(records[0].name, points)
    trends = {attack: ((attack, 1.0), (attack, 2.0))}
    names = tuple(record.name for record in records)
    texts_of_run = {f.name: attack for f in dataclasses.fields(Run) if f.type == "str"}
    return (
        Run(**texts_of_run, devices=(attack,), tests=records),
        Standing(new=names[:1], fixed=names[1:2], trends=trends, history={records[0].name: past}),
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_a_run_becomes_markup(attack: str) -> None:
    text = render_results(*hostile(attack))
    harmless = Page(render_results(*hostile(re.sub(r"\S", "a", attack))))
    page = Page(text)
    # Where a name may be broken depends on the name.
    assert page.drawn == harmless.drawn
    assert [(tag, name) for tag, name, _ in page.attributes] == [(tag, name) for tag, name, _ in harmless.attributes]
    assert attack not in text
    text.encode("utf-8")


def test_text_of_a_run_arrives_as_it_was() -> None:
    page = Page(render_results(*hostile(EVIL)))
    assert page.said.count(EVIL) > 20 and not any(name.startswith("on") for _, name, _ in page.attributes)
    assert ("details", "id", f"test={EVIL}failed") in page.attributes


def test_braces_in_a_name_are_not_evaluated() -> None:
    said = Page(render_results(*hostile("{{ 7*7 }}{% if %}"))).said
    assert "{{ 7*7 }}{% if %}" in said and "49" not in said


def test_page_loads_nothing_and_runs_its_own_script_only() -> None:
    text = render_results(run(), standing(run()))
    page = Page(text)
    links = {value for _, name, value in page.attributes if name in ("href", "src")}
    assert links and all(link.startswith("#test=") for link in links)
    assert not re.search(r"https?://|@import|url\(", text)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(v for tag, name, v in page.attributes if tag == "meta" and name == "content" and "default-src" in v)
    assert f"script-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy


def test_new_failures_come_first_then_fixed_flaky_and_known_ones() -> None:
    text = render_results(run(), standing(run()))
    heads = re.findall(r"<h2>(.*?) <small[^>]*>(\d*)", text)
    assert [name for name, _ in heads] == [
        *("New failures", "Fixed", "Flaky", "Known failures", "Expected failures"),
        *("Matrix", "Performance", "All tests"),
    ]
    assert sum(int(number) for _, number in heads[:5]) == 13 + 3 + 1 + 1


def test_every_failure_is_told_in_full() -> None:
    said = Page(render_results(run(), standing(run()))).said
    for record in failures():
        for text in (record.name, record.verdict, record.message, record.replay, record.detail):
            assert " ".join(text.split()) in said, text


def test_guilty_pass_its_diff_and_the_error_map_are_shown() -> None:
    text = render_results(run(), standing(run()))
    assert '<span class="new">+   T.ptx_wait_barrier(mbarrier[k % 2], 0)' in text
    assert re.search(r'<tr class="guilty"><td class="n">3</td><td>InjectSoftwarePipeline</td><td>\+63 -29</td>', text)
    assert text.count('<svg class="map"') == 3 and text.count('<path class="cross"') == 3


def test_without_a_history_failures_are_failures_and_the_page_says_why() -> None:
    text = render_results(run(), None)
    assert re.findall(r"<h2>(.*?) <small[^>]*>(\d*)", text)[0] == ("Failures", "13")
    assert "what is new, fixed or flaky is not known" in text


def test_ids_are_unique_even_where_names_are_not() -> None:
    twice = Record(failures()[0].name, "parity", FAILED)
    page = Page(render_results(run(twice, twice), None))
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids)) and f"test={twice.name}~3" in ids


def test_every_test_is_on_the_page_and_every_link_leads_somewhere() -> None:
    from urllib.parse import unquote

    page = Page(render_results(run(), standing(run())))
    ids = {value for _, name, value in page.attributes if name == "id"}
    links = [unquote(value[1:]) for _, name, value in page.attributes if name == "href"]
    assert set(links) <= ids and {f"test={record.name}" for record in run().tests} <= ids


def test_an_empty_run_makes_a_page() -> None:
    said = Page(render_results(Run("", "", ""), None)).said
    assert "no tests" in said and "Matrix" not in said and "Performance" not in said


def test_where_everything_failed_long_texts_are_cut_and_say_so() -> None:
    records = tuple(Record(f"t{n}", "tests", FAILED, detail="x" * 50_000) for n in range(1000))
    text = render_results(Run("r", "", "", tests=records), None)
    assert len(text) < 12_000_000 and "characters left out; --json has them" in text


def test_shortened_keeps_both_ends() -> None:
    text = shortened("a" * 60 + "b" * 60, 30)
    assert text.startswith("a" * 20 + "\n... 90 characters left out") and text.endswith("...\n" + "b" * 10)
    assert shortened("abc", 3) == "abc"


def test_pass_table_lines_of_another_form_are_kept() -> None:
    rows = pass_rows(Record("n", "k", FAILED, pass_name="B", pass_table="= A\n~ B +1 -2\nanything else"))
    assert [(r["name"], r["did"], r["changed"], r["guilty"]) for r in rows] == [
        *(("A", "", False, False), ("B", "+1 -2", True, True), ("anything else", "", False, False)),
    ]


def test_durations_read_well() -> None:
    assert [duration(s) for s in (0.25, 59, 200, 7500)] == ["0.25 s", "59 s", "3 min 20 s", "2 h 5 min"]


def test_matrix_shows_the_worst_of_a_cell_in_words() -> None:
    text = render_results(run(), standing(run()))
    cell = re.search(r'<td class="s-new" data-c="[^"]*"><a [^>]*>(✗ race)</a>', text)
    assert cell, "the race of the semantics test is a cell of its own"
    assert all(f"<tr><th>{breakable(case)}</th>" in text for case in CASES)


def test_a_narrow_column_breaks_a_name_between_its_words() -> None:
    assert breakable("attention/flash_forward") == "attention/<wbr>flash_<wbr>forward"
    assert breakable("<b>/\x1b") == "&lt;b&gt;/<wbr>\ufffd"


def test_a_closed_card_says_what_its_badge_does_not() -> None:
    known = Record("t", "goldens", "expected failure", verdict="expected failure", message="no bounds check\nmore")
    assert brief(known) == "no bounds check"
    assert brief(dataclasses.replace(known, verdict="numerical")) == "numerical"
    assert len(brief(dataclasses.replace(known, message="x" * 500))) == 120
    text = render_results(Run("r", "", "", tests=(known,)), None)
    assert '<em class="brief">no bounds check</em>' in text


def test_the_steps_of_a_night_are_not_added_to_their_tests() -> None:
    tests = (Record("t", "goldens", PASSED, seconds=50.0), Record("nightly/goldens", "goldens", PASSED, seconds=61.0))
    assert "<dt>took</dt><dd>1 min 1 s</dd>" in render_results(Run("r", "", "", tests=tests), None)
    assert "<dt>time in tests</dt><dd>50 s</dd>" in render_results(Run("r", "", "", tests=tests[:1]), None)
