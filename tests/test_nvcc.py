"""What is read of nvcc's answers, from canned texts: no compiler needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tl_passlab import nvcc
from tl_passlab.targets import parse_target

LOG = """\
ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function 'main_kernel' for 'sm_90a'
ptxas info    : Function properties for main_kernel
    16 bytes stack frame, 8 bytes spill stores, 4 bytes spill loads
ptxas info    : Used 168 registers, used 2 barriers, 1024 bytes smem
ptxas info    : Compile time = 72.406 ms
ptxas info    : Compiling entry function 'second' for 'sm_90a'
ptxas info    : Function properties for second
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 12 registers
"""


def test_parse_resources_reads_every_kernel() -> None:
    assert nvcc.parse_resources(LOG) == {
        "main_kernel": nvcc.Resources(168, 8, 4, 16, 1024),
        "second": nvcc.Resources(12, 0, 0, 0, 0),
    }


def test_parse_resources_of_nothing_is_empty() -> None:
    assert nvcc.parse_resources("ptxas info    : 0 bytes gmem\n") == {}


COMPILED = nvcc.Compiled("13.0.88", "sm_90a", nvcc.parse_resources(LOG))


def test_resources_compare_only_with_the_same_compiler() -> None:
    text = nvcc.resources_text(COMPILED)
    assert nvcc.comparable(text, "13.0.88") == ""
    assert nvcc.comparable(text, "12.9.1") == "made by nvcc 13.0.88; this is 12.9.1: numbers are not compared"
    # A damaged file must fail the comparison, not pass for one of another compiler.
    assert nvcc.comparable("{", "13.0.88") == nvcc.comparable("[]", "13.0.88") == ""


def test_equal_resources_do_not_differ() -> None:
    assert nvcc.resource_changes(nvcc.resources_text(COMPILED), COMPILED) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"registers": 168', '"registers": 160', "main_kernel: registers 160 -> 168"),
        ('"spill_stores": 8', '"spill_stores": 0', "main_kernel: spill_stores 0 -> 8"),
        ('"second"', '"third"', "third: registers 12 -> None"),
        ('"stack": 16,', "", "main_kernel: stack None -> 16"),
        ("{", "[", "damaged: "),
        (" 168", "  168", "the same numbers, written differently"),
    ],
)
def test_a_wrong_number_is_named(old: str, new: str, line: str) -> None:
    text = nvcc.resources_text(COMPILED)
    assert old in text
    changes = nvcc.resource_changes(text.replace(old, new), COMPILED)
    assert any(change.startswith(line) for change in changes), changes


def test_a_damaged_cache_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvcc, "nvcc_version", lambda path: "13.0.88")
    monkeypatch.setattr(nvcc, "_compile", lambda *args: (0, LOG))
    target = parse_target("cuda:sm_90a")
    first = nvcc.compile_source("source", target, Path("nvcc"), tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_text("[0", encoding="utf-8")
    assert nvcc.compile_source("source", target, Path("nvcc"), tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


@pytest.mark.parametrize(
    ("spec", "flag"),
    [
        ("cuda:sm_80", "-gencode=arch=compute_80,code=sm_80"),
        ("cuda:sm_90a", "-gencode=arch=compute_90a,code=sm_90a"),
    ],
)
def test_arch_flag_names_the_exact_architecture(spec: str, flag: str) -> None:
    assert nvcc.arch_flag(parse_target(spec)) == flag
