"""Languages are found by content first, then by extension."""

from __future__ import annotations

import pytest

from tests.diff.labelled import CUDA, HIP, METAL, WS, read
from tl_passlab.diff.language import detect, detect_pair


@pytest.mark.parametrize(("name", "language"), [(WS, "tir"), (CUDA, "cuda"), (METAL, "metal"), (HIP, "hip")])
def test_real_texts_are_recognised_without_an_extension(name: str, language: str) -> None:
    assert detect(read(name)) == language


@pytest.mark.parametrize(
    ("text", "extension", "language"),
    [
        ("# from tvm.script import tirx as T\n", "", "tir"),
        ("@tir.prim_func\ndef f():\n", "", "tir"),
        ("    T.evaluate(0)\n", "", "tir"),
        ("x = 1\n", ".tir", "tir"),
        (".version 8.0\n.target sm_90\n", "", "ptx"),
        ('#include <stdio.h>\nint main() {\n  puts("T.f(");\n}\n', ".c", "c"),
        ("int x = 1;\n", "", "c"),
        ("hello\n", "", "text"),
        ("", "", "text"),
    ],
)
def test_a_text_is_taken_for(text: str, extension: str, language: str) -> None:
    assert detect(text, extension) == language


def test_two_sides_share_a_language_and_disagreement_is_text() -> None:
    assert detect_pair(read(WS), "") == "tir"
    assert detect_pair("", read(CUDA)) == "cuda"
    assert detect_pair("hello\n", read(WS)) == "tir"
    assert detect_pair(read(CUDA), read(WS)) == "text"
