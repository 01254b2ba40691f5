"""`passlab check` from the command line: exit codes, text, JSON."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tl_passlab.cases import load_case
from tl_passlab.cli import main
from tl_passlab.errors import UsageError
from tl_passlab.interp.check import CheckResult, check
from tl_passlab.interp.report import _failure
from tl_passlab.lanes import running_lane
from tl_passlab.targets import parse_target

KERNELS = Path(__file__).parent.parent / "interp" / "defects.py"


def test_check_prints_one_line_per_boundary_and_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "elementwise/add", "--target", "cuda:sm_80", "--set", "M=8", "--set", "N=8"]) == 0
    text = capsys.readouterr().out
    assert "matches the reference exactly" in text
    assert any(line.lstrip().startswith("LowerTileOp") and line.endswith("exact") for line in text.splitlines())


def test_check_fails_on_a_race_and_says_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{KERNELS}::filled_after_copy", "--target", "cuda:sm_80"]) == 1
    text = capsys.readouterr().out
    assert "RACE" in text and "next: passlab blame" in text


def test_check_json_has_every_boundary(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", "elementwise/add", "--target", "metal", "--set", "M=8", "--set", "N=8", "--json"])
    data = json.loads(capsys.readouterr().out)
    assert code == 0 and data["ok"] is True
    assert data["boundaries"][0]["pass"] == "input" and len(data["boundaries"]) > 10


def test_check_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from tl_passlab.report import progress

    told: list[tuple[int, int, str]] = []

    @contextlib.contextmanager
    def counted(what: str) -> Iterator[Callable[[int, int, str], None]]:
        yield lambda *step: told.append(step)

    monkeypatch.setattr(progress, "counted", counted)
    assert main(["check", "elementwise/add", "--target", "cuda:sm_80", "--set", "M=8", "--set", "N=8", "--json"]) == 0
    names = [b["pass"] for b in json.loads(capsys.readouterr().out)["boundaries"]]
    assert told == [(k, len(names), name) for k, name in enumerate(names, 1)]


def test_findings_carry_the_kernels_own_lines_where_the_ir_has_them(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", f"{KERNELS}::read_then_overwritten", "--target", "cuda:sm_80", "--json"])
    findings = [f for b in json.loads(capsys.readouterr().out)["boundaries"] for f in b["findings"]]
    assert findings and all(len(f["lines"]) == len(f["statements"]) for f in findings)
    known = {line for f in findings for line in f["lines"] if line}
    # Upstream keeps positions since 0.1.15.
    assert all(line.startswith("defects.py:") for line in known)
    assert bool(known) == (running_lane()[0].tilelang == "0.1.15")


def test_check_of_an_unknown_case_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "no_such_case", "--target", "cuda:sm_80"]) == 2
    assert "unknown case" in capsys.readouterr().err


OWN_CASE = """
import tilelang.language as T

SIZES = {"N": 64}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=64) as _:
            for i in T.Parallel(N):
                B[i] = A[i] + T.float32(1)

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).float()}


def reference(A):
    return {"B": A + 1}
"""


def checked(path: Path, text: str, kernel: str = "") -> CheckResult:
    path.write_text(text)
    return check(load_case(f"{path}{kernel}"), parse_target("cuda:sm_80"))


def test_a_case_of_ones_own_is_checked_with_its_inputs_and_reference(tmp_path: Path) -> None:
    for kernel in ("", "::kernel"):
        result = checked(tmp_path / "mine.py", OWN_CASE, kernel)
        assert result.ok and result.reference == () and result.case == "mine::kernel"
    assert not checked(tmp_path / "other.py", OWN_CASE.replace("A + 1}", "A + 2}")).reference_ok


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("A + 1}", "A[:3] + 1}", "its reference() returns B as (3,), the kernel has (64,)"),
        ("A + 1}", "A.nope()}", "its reference() fails: AttributeError"),
        ('{"B": A', '{"Z": A', "its reference() returns Z, which is no parameter"),
        ("standard_normal(N)", "nope(N)", "its inputs() fails: AttributeError"),
    ],
)
def test_a_case_that_cannot_be_compared_is_a_usage_error(good: str, bad: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        checked(tmp_path / "mine.py", OWN_CASE.replace(good, bad))
    assert words in caught.value.why


def test_a_failure_of_the_code_generator_has_a_place() -> None:
    lines = _failure({"error": "InternalError: no such width\nmore", "failed_pass": ""})
    assert lines == ["  the step after the last pass fails: InternalError: no such width"]
