"""Terminal style: plain in a pipe, NO_COLOR honoured, long remarks cut to the line."""

from __future__ import annotations

import io

import pytest

from tl_passlab.report.text import Style, style_for


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_pipe_is_plain_and_unlimited() -> None:
    assert style_for(io.StringIO()) == Style(0, False)


def test_terminal_is_coloured_and_has_a_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "99")
    assert style_for(Terminal()) == Style(99, True)


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert not style_for(Terminal()).colour


def test_clip_keeps_the_line_within_the_width() -> None:
    assert len(Style(80).clip("x" * 200, 40)) <= 40
    assert Style(80).clip("short", 40) == "short"
    assert Style(0).clip("x" * 200, 40) == "x" * 200


def test_diff_line_colours_by_sign_only() -> None:
    style = Style(colour=True)
    assert style.diff_line("+ a").startswith("\x1b[32m") and style.diff_line("- a").startswith("\x1b[31m")
    assert (style.diff_line("  a"), style.diff_line("")) == ("  a", "")
