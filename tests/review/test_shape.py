"""Shapes: one edit up to names and constants is one shape; another edit is another."""

from __future__ import annotations

import pytest

from tl_passlab.diff import diff_text
from tl_passlab.goldens.shape import lines_shape, shape_of

HEAD = "@T.prim_func\ndef main(A: T.Buffer((64, 64)), bar: T.Buffer((8,))):\n    for k in T.serial(8):\n"


def shape(before: str, after: str) -> tuple[str, ...]:
    texts = [HEAD + "".join(f"        {line}\n" for line in side.split(";")) for side in (before, after)]
    return shape_of(diff_text(texts[0], texts[1], "tir"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("T.wait(bar[k % 3])", "T.wait(bar[k % 2])"), ("T.wait(full[ko % 4])", "T.wait(full[ko % 3])")),
        (("T.copy(A[0]);T.arrive(bar[3 + k % 3])", "T.copy(A[0])"), ("T.copy(B[1]);T.arrive(q[k])", "T.copy(B[1])")),
        (("T.gemm(A[0])", "T.sync();T.gemm(A[0])"), ("x = 1;T.gemm(B[k * 8])", "x = 1;T.sync();T.gemm(B[k * 8])")),
    ],
)
def test_shape_ignores_names_and_constants(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert shape(*one) == shape(*other) != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("T.wait(bar[k % 3])", "T.wait(bar[k % 2])"), ("T.wait(bar[k % 3])", "T.wait(bar[k // 3])")),
        (("T.copy(A[0]);T.arrive(bar[0])", "T.copy(A[0])"), ("T.copy(A[0]);T.sync(bar[0])", "T.copy(A[0])")),
        (("T.wait(bar[0])", "T.wait(bar[0], 1)"), ("T.wait(bar[0])", "T.arrive(bar[0])")),
    ],
)
def test_shape_tells_edits_apart(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert shape(*one) != shape(*other)


def test_shape_does_not_count_how_often() -> None:
    once = shape("T.wait(bar[k % 3])", "T.wait(bar[k % 2])")
    twice = shape("T.wait(bar[k % 3]);T.wait(b[k % 3])", "T.wait(bar[k % 2]);T.wait(b[k % 2])")
    assert once == twice


def test_lines_shape_drops_numbers() -> None:
    assert lines_shape("Pass: shape (2, 64)\nsame\n", "Pass: shape (3, 64)\nsame\n") == (
        "+ Pass: shape (#, #)",
        "- Pass: shape (#, #)",
    )
