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


def test_resources_compare_only_with_the_same_compiler() -> None:
    text = nvcc.resources_text(nvcc.Compiled("13.0.88", "sm_90a", nvcc.parse_resources(LOG)))
    assert nvcc.comparable(text, "13.0.88")
    assert not nvcc.comparable(text, "12.9.1")
    assert nvcc.comparable(None, "13.0.88")
    # A damaged file must fail the comparison, not pass for one of another compiler.
    assert nvcc.comparable("{", "13.0.88") and nvcc.comparable("[]", "13.0.88")


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
