"""Finding and reading cases: from their text alone, with errors that say what to type instead."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tl_passlab.cases import (
    cases_root,
    check_sizes,
    find_cases,
    load_case,
    parse_sizes,
    read_case,
    resolve_case,
)
from tl_passlab.errors import UsageError
from tl_passlab.model import Case, CaseInfo, Target
from tl_passlab.targets import parse_target

CASE = '''"""Copies.

What to look at: nothing.
"""

import a_module_that_does_not_exist

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["LowerTileOp"]
SIZES = {"M": 64}
NOT_ON = {"c": "no fragments", "hip": {"0.1.11": "crashes there"}}


def kernel(M):
    raise AssertionError("reading a case must not run it")


def claim_something(trace):
    pass
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two cases, as the working directory."""
    (tmp_path / "cases" / "copy").mkdir(parents=True)
    (tmp_path / "cases" / "__init__.py").touch()
    (tmp_path / "cases" / "copy" / "__init__.py").touch()
    (tmp_path / "cases" / "copy" / "_shared.py").write_text("no python at all")
    (tmp_path / "cases" / "copy" / "straight.py").write_text(CASE)
    (tmp_path / "cases" / "copy" / "crooked.py").write_text(CASE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_read_case_takes_literals_without_importing(project: Path) -> None:
    info = read_case(project / "cases" / "copy" / "straight.py", "copy/straight")
    assert info.summary == "Copies."
    assert (info.targets, info.watch, info.sizes) == (("cuda:sm_80", "metal"), ("LowerTileOp",), {"M": 64})
    assert (info.topic, info.stem, info.claims) == ("copy", "straight", ("claim_something",))


def test_read_case_refuses_a_computed_constant(project: Path) -> None:
    path = project / "cases" / "copy" / "straight.py"
    path.write_text(CASE.replace('SIZES = {"M": 64}', "SIZES = dict(M=64)"))
    with pytest.raises(UsageError, match="SIZES must be a literal") as caught:
        read_case(path, "copy/straight")
    assert caught.value.where == "straight.py:10"


def test_read_case_places_a_syntax_error(project: Path) -> None:
    path = project / "cases" / "copy" / "straight.py"
    path.write_text("x = 1\ndef kernel(:\n")
    with pytest.raises(UsageError, match="not valid Python") as caught:
        read_case(path, "copy/straight")
    assert caught.value.where.endswith("straight.py:2")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x = 1\x00\n"])
def test_read_case_of_no_text_is_a_usage_error(project: Path, content: bytes) -> None:
    path = project / "cases" / "copy" / "straight.py"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="not valid Python"):
        read_case(path, "copy/straight")


def test_find_cases_sorts_and_skips_private_files(project: Path) -> None:
    assert [info.name for info in find_cases()] == ["copy/crooked", "copy/straight"]


def test_cases_root_is_found_from_below(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "cases" / "copy")
    assert cases_root() == project / "cases"


def test_cases_root_outside_any_project_is_the_checkout(tmp_path: Path) -> None:
    assert (cases_root(tmp_path) / "pipeline" / "gemm_pipelined.py").is_file()


@pytest.mark.parametrize("reference", ["copy/straight", "straight", "cases/copy/straight.py"])
def test_resolve_case_takes_name_stem_and_path(project: Path, reference: str) -> None:
    info = resolve_case(reference)
    assert isinstance(info, CaseInfo) and info.name == "copy/straight"


def test_resolve_case_takes_a_users_file(project: Path) -> None:
    (project / "mine.py").touch()
    assert resolve_case("mine.py::attention") == (Path("mine.py"), "attention")


def test_resolve_case_suggests_for_an_unknown_name(project: Path) -> None:
    with pytest.raises(UsageError, match="unknown case") as caught:
        resolve_case("copy/strait")
    assert "copy/straight" in caught.value.evidence


def test_resolve_case_says_that_the_file_is_missing(project: Path) -> None:
    with pytest.raises(UsageError, match=r"no such file: gone\.py"):
        resolve_case("gone.py::f")


def write(folder: Path, text: str) -> str:
    path = folder / "user_kernel.py"
    path.write_text(text)
    return str(path)


def test_file_without_a_kernel_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no kernel in this file"):
        load_case(write(tmp_path, "import math\ndef area(r):\n    return math.pi * r * r\n"))


def test_file_with_several_kernels_asks_for_one(tmp_path: Path) -> None:
    text = "def second():\n    'T.prim_func'\ndef first():\n    'T.prim_func'\n"
    with pytest.raises(UsageError, match="several kernels") as caught:
        load_case(write(tmp_path, text))
    assert caught.value.evidence.splitlines() == ["second", "first"]
    assert caught.value.next_command.endswith("user_kernel.py::second")


def test_unknown_function_lists_the_kernels(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no nothing") as caught:
        load_case(write(tmp_path, "def attention():\n    'T.prim_func'\n") + "::nothing")
    assert caught.value.evidence == "attention"


def test_syntax_error_of_a_users_file_is_placed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not valid Python") as caught:
        load_case(write(tmp_path, "def attention(:\n"))
    assert caught.value.where.endswith("user_kernel.py:1")
    assert caught.value.evidence == "def attention(:"


@pytest.mark.parametrize("line", ["import no_such_module", "1 / 0", "raise SystemExit(3)", "exit()"])
def test_file_whose_import_fails_shows_the_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match="importing it failed") as caught:
        load_case(write(tmp_path, f"x = 1\n{line}\n"))
    assert caught.value.where == "user_kernel.py:2"
    assert line in caught.value.evidence


def test_users_file_does_not_shadow_an_installed_module(tmp_path: Path) -> None:
    path = tmp_path / "json.py"
    path.write_text("def k():\n    'T.prim_func'\n")
    load_case(f"{path}::k")
    assert sys.modules["json"].__file__ != str(path)


def test_parse_sizes_takes_literals_and_words() -> None:
    assert parse_sizes(["M=256", "dtype=float16", "shape=(1, 2)", "causal=True", "tag=a=b"]) == {
        "M": 256,
        "dtype": "float16",
        "shape": (1, 2),
        "causal": True,
        "tag": "a=b",
    }


@pytest.mark.parametrize("item", ["M", "=3", "M N=3", "2M=3", ""])
def test_parse_sizes_refuses_what_is_no_assignment(item: str) -> None:
    with pytest.raises(UsageError, match="NAME=VALUE"):
        parse_sizes([item])


def gemm(M: int, N: int = 8) -> None:
    """Stands for a kernel."""


def sized(**sizes: int) -> Case:
    return Case(CaseInfo("user::gemm", Path("user.py"), "", (), (), sizes), gemm)


def test_check_sizes_names_a_missing_parameter() -> None:
    with pytest.raises(UsageError, match="'M'") as caught:
        check_sizes(sized(), {})
    assert caught.value.evidence.startswith("parameters: M")


def test_check_sizes_names_an_unknown_parameter() -> None:
    with pytest.raises(UsageError, match="'K'"):
        check_sizes(sized(M=1), {"K": 3})


def test_check_sizes_accepts_defaults_and_settings() -> None:
    check_sizes(sized(M=1), {})
    check_sizes(sized(), {"M": 3, "N": 4})


@pytest.mark.parametrize(
    ("spec", "lane", "reason"),
    [
        ("c", "0.1.15", "no fragments"),
        ("hip:gfx942", "0.1.11", "crashes there"),
        ("hip:gfx942", "0.1.15", ""),
        ("metal", "0.1.15", ""),
    ],
)
def test_reason_not_on_is_by_kind_and_lane(project: Path, spec: str, lane: str, reason: str) -> None:
    info = read_case(project / "cases" / "copy" / "straight.py", "copy/straight")
    target: Target = parse_target(spec)
    assert info.reason_not_on(target, lane) == reason
