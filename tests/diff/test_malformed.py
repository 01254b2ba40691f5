"""Nothing that is fed to the diff crashes it, makes it hang or is called equal when it is not."""

from __future__ import annotations

import random
import time

import pytest

from tests.diff.labelled import ATTENTION, CUDA80, HIP, LAYOUT, METAL, SYNC, WS, read
from tl_passlab.diff import diff_text, render_hunks
from tl_passlab.diff.language import LANGUAGES
from tl_passlab.diff.render_html import render_page

BASES = (WS, LAYOUT, SYNC, CUDA80, METAL, HIP, ATTENTION)
FRAGMENTS = (
    *"()[]{}:;,=\"'\\#\n\t \0\x01\x02\x0c\r",
    '"""',
    "/*",
    "*/",
    "//",
    "T.sblock(",
    "for i in",
    "else:",
    "\ufeff",
    "\u2028",
    "é",
    "if (",
    "lambda x: ",
    "0x",
    "1e",
    "->",
    "::",
    "<",
    "#pragma unroll",
)


def check_any_pair(before: str, after: str) -> None:
    """The diff ends, is renderable, and finds no difference only between a text and itself."""
    diff = diff_text(before, after)
    render_hunks(diff, 80)
    assert diff.identical or diff.hunks
    if diff.identical and before.split() != after.split():
        # Comments and blank lines apart, identical means the same words.
        assert diff_text(before, after, "text").hunks == () or diff.language != "text"


def mangled(text: str, chance: random.Random) -> str:
    """Cut, doubled, spliced and sprinkled."""
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(text) + 1)
        until = min(len(text), at + chance.randrange(200))
        action = chance.randrange(4)
        if action == 0:
            text = text[:at] + text[until:]
        elif action == 1:
            text = text[:at] + chance.choice(FRAGMENTS) + text[at:]
        elif action == 2:
            text = text[:until] + text[at:]
        else:
            text = text[: at or 1]
    return text


def fuzz(seconds: float, seed: int, at_least: int) -> int:
    """Compare mangled dumps with what they were, and with each other."""
    chance = random.Random(seed)
    bases = [read(name) for name in BASES]
    stop = time.monotonic() + seconds
    done = 0
    while done < at_least or time.monotonic() < stop:
        before = chance.choice(bases)
        after = mangled(before if chance.random() < 0.8 else chance.choice(bases), chance)
        check_any_pair(before, after)
        check_any_pair(after, mangled(before, chance))
        done += 1
    return done


def test_mangled_dumps_are_compared() -> None:
    assert fuzz(0, seed=11, at_least=60) == 60


@pytest.mark.slow
def test_mangled_dumps_are_compared_for_a_minute() -> None:
    assert fuzz(60, seed=random.SystemRandom().randrange(2**32), at_least=1) > 100


@pytest.mark.parametrize(
    "text", ["", "\n", " ", "#", '"', "(", "@", "\\", "\0", "}", "{", "else:", "\ufeff", "for", "with as:"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tiny_text_against_a_dump_and_against_nothing(text: str, language: str) -> None:
    for before, after in ((text, read(METAL)), (read(METAL), text), (text, ""), ("", text)):
        diff = diff_text(before, after, language)
        assert diff.hunks == () or render_page(diff, "a", "b")


@pytest.mark.parametrize("depth", [200, 10_000])
def test_deep_nesting_is_compared(depth: int) -> None:
    before = "".join(f"{' ' * k}for i{k} in range(2):\n" for k in range(depth)) + " " * depth + "x[0] = 1\n"
    after = before.replace("x[0] = 1", "x[0] = 2")
    diff = diff_text(before, after, "tir")
    assert set(diff.counts) == {"arithmetic"} and len(diff.hunks[0].breadcrumbs) < 20


def test_deeply_nested_brackets_are_compared() -> None:
    before = "x[0] = " + "(" * 10_000 + "1" + ")" * 10_000 + "\n"
    assert not diff_text(before, before.replace("1", "2"), "tir").equal


def test_one_very_long_line_is_compared() -> None:
    before = "x[0] = " + " + ".join(f"y[{k}]" for k in range(40_000)) + "\n"
    assert not diff_text(before, before.replace("y[77]", "y[78]"), "tir").equal


def test_a_truncated_dump_falls_back_with_a_note_and_still_finds_the_difference() -> None:
    before = read(WS)
    cut = before[: before.index("T.tma_copy(") + 40]
    diff = diff_text(before, cut)
    assert not diff.equal and any("plain text" in note for note in diff.notes)


def test_carriage_returns_are_no_difference() -> None:
    before = read(WS)
    assert diff_text(before, before.replace("\n", "\r\n")).equal


def test_indentation_has_a_meaning_in_unknown_text() -> None:
    assert not diff_text("a\n  b\n", "a\nb\n", "text").equal


def test_indentation_has_a_meaning_in_tir() -> None:
    before = "for i in range(2):\n    A[0] = 1\n    B[0] = 1\n"
    assert not diff_text(before, before.replace("    B", "B"), "tir").equal


def test_separator_characters_in_a_text_cannot_make_two_statements_one() -> None:
    assert not diff_text('f("a\1b")\n', 'f("a" "b")\n', "tir").equal
    assert not diff_text("x\0 = y\n", "x = \0y\n", "tir").equal


@pytest.mark.parametrize(
    ("before", "after"),
    [("x = a & &b;\n", "x = a && b;\n"), ("x = a - -b;\n", "x = a-- b;\n"), ('p("a b");\n', 'p("ab");\n')],
)
def test_spacing_that_makes_other_tokens_is_a_difference(before: str, after: str) -> None:
    assert not diff_text(before, after, "cuda").equal
