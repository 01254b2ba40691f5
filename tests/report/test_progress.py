"""The bar: k of n and the pass on a terminal, nothing in a pipe and in CI."""

from __future__ import annotations

import io
import sys

import pytest

from tl_passlab.report.progress import counted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, ci: str) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("CI", ci)
    with counted("lowering gemm for metal") as progress:
        progress(7, 31, "LowerTileOp")
    return stream.getvalue()


def test_terminal_shows_how_far_and_at_which_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, Terminal(), "")
    assert "LowerTileOp" in text and "7/31" in text and "left" in text


def test_a_name_in_brackets_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("CI", "")
    with counted("lowering") as progress:
        progress(1, 2, "my[red]kernel")
    assert "my[red]kernel" in stream.getvalue()


def test_pipe_and_ci_show_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), "") == ""
    assert shown(monkeypatch, Terminal(), "true") == ""
