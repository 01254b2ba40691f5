"""The page of a run in a real browser: filter, deep links, light and dark, a phone, and thousands of tests."""

from __future__ import annotations

import functools
from pathlib import Path
from urllib.parse import quote

from tests.chromium import dom, narrow, title
from tests.report.synthetic import CASES, EVIL, failures, run, standing
from tl_passlab.history.record import FAILED, PASSED, Record, Run
from tl_passlab.report.results_html import render_results

SHOWN = """
  function shown(selector) { return Array.from(document.querySelectorAll(selector)).filter(function (e) {
    return e.closest('.off') === null; }).length; }
  function set(id, value) { var e = document.getElementById(id); e.value = value;
    e.dispatchEvent(new Event(id === 'q' ? 'input' : 'change')); }
"""


@functools.cache
def page() -> str:
    evil = Record(
        f"tests/{EVIL}",
        "tests",
        FAILED,
        case=EVIL,
        target=EVIL,
        message=EVIL,
        replay=f"passlab '{EVIL}'",
        blame=EVIL,
        blamed=EVIL,
    )
    present = run(evil)
    return render_results(present, standing(present))


def test_the_page_runs_its_own_script_and_no_other(tmp_path: Path) -> None:
    owned = "<script>document.title = 'owned'</script>"
    shown = dom(tmp_path, page().replace("<main>", f"<main>{owned}"))
    assert "owned" not in title(shown) and owned in shown
    assert '<div class="bar" id="filters">' in shown and "36 tests</output>" in shown


def test_filters_narrow_cards_rows_cells_and_trends(tmp_path: Path) -> None:
    script = f"""{SHOWN}
      var seen = [];
      function look() {{ seen.push([shown('.card'), shown('#all li'), shown('#matrix td[data-c]:not(.out)'),
        shown('#matrix tbody tr'), shown('#matrix thead tr:last-child th'), shown('.trend')].join('/')); }}
      look(); set('q', 'flash_FORWARD [hang-'); look(); set('q', ''); set('kind', 'semantics'); look();
      set('kind', ''); set('target', 'metal'); look(); set('outcome', 'fixed'); look();
      seen.push(location.hash); document.getElementById('clear').click(); look(); set('q', 'no such thing'); look();
      seen.push(document.getElementById('shown').textContent, location.hash);
      document.title = seen.join(' | ');"""
    parts = title(dom(tmp_path, page(), script)).split(" | ")
    everything = "19/36/25/5/9/4"
    assert parts[0] == everything and parts[6] == everything
    assert parts[1] == "1/1/1/1/1/0" and parts[2] == "1/1/1/1/1/4"
    assert parts[3] == "4/5/5/4/2/0" and parts[4] == "3/3/3/3/1/0"
    assert parts[5] == "#target=metal&outcome=fixed"
    assert parts[7:] == ["0/0/0/0/0/0", "0 of 36 tests", "#q=no+such+thing"]


def test_a_deep_link_opens_what_it_names_and_carries_the_filter(tmp_path: Path) -> None:
    listed, known = f"goldens/{CASES[1]}[cuda:sm_80]", failures()[1].name
    script = f"""{SHOWN}
      var seen = [];
      function look() {{
        var e = document.querySelector('.here'), within = e && e.closest('details');
        seen.push([e ? e.id : 'none', e && within.open, e && e.getBoundingClientRect().top < innerHeight,
          shown('#all li')].join(' '));
      }}
      function go(hash) {{ history.replaceState(null, '', hash); dispatchEvent(new Event('hashchange')); look(); }}
      look(); go('#test={quote(listed, safe="")}'); go('#test={quote(known, safe="")}');
      go('#q=row_softmax&kind=goldens'); go('#kind=goldens&test={quote(known, safe="")}'); go('#test=none');
      document.title = seen.join(' | ');"""
    evil = f"tests/{EVIL}"
    shown = dom(tmp_path, page(), script, fragment=f"#test={quote(evil, safe='')}")
    found = [f"test={name} true true 36" for name in (evil, listed, known)]
    assert title(shown).split(" | ") == [*found, "none   4", found[2], "none   36"]
    assert EVIL not in shown


def test_the_copy_button_takes_the_command_and_nothing_else(tmp_path: Path) -> None:
    script = """
      document.querySelector('button.copy').click();
      var new_ones = document.querySelector('.of').textContent;
      document.title = [getSelection().toString(), shown('.copy'), new_ones].join(' | ');"""
    assert title(dom(tmp_path, page(), SHOWN + script)) == f"{failures()[0].replay} | 15 | 5"


def test_dark_follows_the_system_and_the_button_changes_it(tmp_path: Path) -> None:
    script = """
      function tone() { return getComputedStyle(document.body).backgroundColor; }
      var first = tone(); document.getElementById('theme').click(); var second = tone();
      document.getElementById('theme').click(); document.title = [first, second, tone()].join(' | ');"""
    night = ("--blink-settings=preferredColorScheme=0",)
    light, dark = "rgb(255, 255, 255)", "rgb(13, 17, 23)"
    assert title(dom(tmp_path, page(), script, flags=night)) == f"{dark} | {light} | {dark}"


def test_a_phone_shows_everything_without_scrolling_sideways(tmp_path: Path) -> None:
    script = """
      document.querySelectorAll('details').forEach(function (d) { d.open = true; });
      var out = Array.from(document.querySelectorAll('main *')).filter(function (e) {
        return e.getBoundingClientRect().right > 376 && !e.closest('.wide, pre'); });
      return [innerWidth, document.documentElement.scrollWidth, out.length].join(' ');"""
    assert narrow(tmp_path, page(), script) == "375 375 0"


def test_thousands_of_tests_stay_one_small_page_that_filters(tmp_path: Path) -> None:
    verdicts = ("numerical", "hang", "race")
    records = tuple(
        Record(
            f"parity/topic_{n % 20}/case_{n % 250}[cuda:sm_{n % 8}0a-{n}]",
            "parity" if n % 2 else "goldens",
            FAILED if n % 10 == 0 else PASSED,
            case=f"topic_{n % 20}/case_{n % 250}",
            target=f"cuda:sm_{n % 8}0a",
            runner="cuda",
            verdict=verdicts[n % 3] if n % 10 == 0 else "pass",
            message="7199 of 7200 elements of C are off by more than the bound" if n % 10 == 0 else "",
            detail="\n".join(["declared: M=100, N=72, K=88; random values"] * 40) if n % 10 == 0 else "",
            replay=f"passlab parity topic_{n % 20}/case_{n % 250} --seed {n}" if n % 10 == 0 else "",
        )
        for n in range(5000)
    )
    text = render_results(Run("big", "2026-11-20T02:00:00+00:00", "0.1.15", tests=records), None)
    assert len(text) < 5_000_000
    script = f"""{SHOWN}
      set('q', 'case_240'); document.title = [shown('.card'), shown('#all li'), shown('#matrix tbody tr')].join(' ');"""
    assert title(dom(tmp_path, text, script)) == "20 20 2"
