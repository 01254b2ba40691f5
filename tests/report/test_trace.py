"""A trace as people see it: one line a pass, the footer, one boundary, one failure."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from tests.traces import make_trace
from tl_passlab.model import Boundary, Failure
from tl_passlab.report.text import Style
from tl_passlab.report.trace import render_boundary, render_failure, render_table

PLAIN = Style()
TRACE = make_trace(("tl.Simplify", "a\n", "a\n"), ("tl.LowerTileOp", "a\n", "T.tma_load(a)\nb\n"))


def test_table_has_a_line_for_each_pass() -> None:
    head, columns, simplify, lower, *footer = render_table(TRACE, PLAIN).splitlines()
    assert head == "topic/idea  cuda:sm_90a  tilelang 0.1.15   2 passes, 1 changed the IR   0.01 s"
    assert columns.split() == ["#", "pass", "lines", "+", "-", "ms"]
    assert simplify.split() == ["0", "Simplify", "1", "=", "1.5"]
    assert lower.split() == ["1", "LowerTileOp", "2", "2", "1", "1.5", "1", "tma_load"]
    assert footer == ["kernel.cu  12 bytes", "k  grid (8,8,1) block (256,1,1) dynamic shared memory 24576 B"]


def test_only_changed_hides_the_rest() -> None:
    text = render_table(TRACE, PLAIN, only_changed=True)
    assert "LowerTileOp" in text and "Simplify" not in text


def test_nested_execution_is_indented_under_its_parent() -> None:
    outer = TRACE.boundaries[1]
    nested = Boundary("LowerTileOp > LetInline", 2, 1, 1, outer.before, outer.after, 0.5)
    text = render_table(dataclasses.replace(TRACE, boundaries=(*TRACE.boundaries, nested)), PLAIN)
    assert "2 passes (+1 nested)" in text
    assert "\n   2    . LetInline " in text


def test_boundary_is_a_diff_with_the_remark() -> None:
    text = render_boundary(TRACE, TRACE.boundary("LowerTileOp"), PLAIN)
    assert text.splitlines() == [
        "LowerTileOp  topic/idea  cuda:sm_90a   +2 -1   1.5 ms",
        "1 tma_load",
        "- a",
        "+ T.tma_load(a)",
        "+ b",
    ]
    assert render_boundary(TRACE, TRACE.boundary("Simplify"), PLAIN).endswith("the pass leaves the IR as it is")


def test_failure_names_pass_message_and_reproducer() -> None:
    message = "\n".join(["InputShape() = (2,)", "", *(f"frame {k}" for k in range(20))])
    failed = dataclasses.replace(TRACE, failure=Failure("LayoutInference", "InternalError", message))
    lines = render_failure(failed, Path("out/LayoutInference.before.tir")).splitlines()
    assert lines[0] == "trace  topic/idea  cuda:sm_90a: error: LayoutInference failed after 2 passes (InternalError)"
    assert lines[1] == "  InputShape() = (2,)"
    assert lines[-1] == "  IR before the pass: out/LayoutInference.before.tir"
    assert len(lines) == 12
    assert render_failure(TRACE, None) == ""


def test_colour_is_all_that_a_terminal_adds() -> None:
    colour = render_boundary(TRACE, TRACE.boundary("LowerTileOp"), Style(colour=True))
    assert "\x1b[31m- a\x1b[0m" in colour and "\x1b[32m+ b\x1b[0m" in colour
    assert "\x1b" not in render_boundary(TRACE, TRACE.boundary("LowerTileOp"), PLAIN)
