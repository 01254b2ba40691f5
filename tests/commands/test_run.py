"""`passlab run`: one pass on a case or a file, and what is said when it cannot be."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Passlab
from tests.traces import make_trace
from tl_passlab import isolation
from tl_passlab.model import Failure, Trace

HAND_WRITTEN = str(Path(__file__).parent.parent / "kernels" / "before_pipelining.py")
TRACE = make_trace(("tl.LowerTileOp", "T.copy(A, B)\n", "T.tma_load(A)\n"))


def answer_with(monkeypatch: pytest.MonkeyPatch, trace: Trace) -> list[dict[str, Any]]:
    """Let the child answer with that trace; returns what it was asked."""
    asked: list[dict[str, Any]] = []

    def run_pass_in_child(pass_name: str, reference: str, *args: Any, **options: Any) -> Trace:
        asked.append({"pass": pass_name, "reference": reference, **options})
        return trace

    monkeypatch.setattr(isolation, "run_pass_in_child", run_pass_in_child)
    return asked


def test_pass_runs_on_hand_written_ir(passlab: Passlab) -> None:
    answer = passlab("run", "injectsoftwarepipeline", HAND_WRITTEN, "--target", "cuda:sm_80")
    assert answer.code == 0, answer.err
    assert answer.out.startswith("InjectSoftwarePipeline  before_pipelining::planned  cuda:sm_80   +")
    assert "A_shared x2" in answer.out


@pytest.mark.parametrize(("shown", "text"), [("before", "T.copy(A, B)\n"), ("after", "T.tma_load(A)\n")])
def test_print_shows_one_side(passlab: Passlab, monkeypatch: pytest.MonkeyPatch, shown: str, text: str) -> None:
    answer_with(monkeypatch, TRACE)
    assert passlab("run", "LowerTileOp", "x", "--print", shown).out == text


def test_diff_is_shown_with_the_remark(passlab: Passlab, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer_with(monkeypatch, TRACE)
    answer = passlab("run", "LowerTileOp", "x", "--with-prerequisites", "--timeout", "7")
    assert answer.out.splitlines()[1:4] == ["1 tma_load", "- T.copy(A, B)", "+ T.tma_load(A)"]
    assert (asked[0]["with_prerequisites"], asked[0]["timeout"]) == (True, 7.0)


def test_every_invariant_is_said_to_hold_or_not(passlab: Passlab, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, make_trace(("tl.LowerTileOp", "x = 1\n", "T.copy(T.region(A[0], 1, 4))\n")))
    answer = passlab("run", "LowerTileOp", "x")
    assert answer.code == 1
    lines = answer.out.splitlines()
    first = lines.index("violated    no tl.tileop call is left")
    assert lines[first + 1] == "              T.copy is left"
    assert "holds       a gather4 or scatter4 is one instruction with its rows" in lines
    assert "holds       every asynchronous copy has a wait" in lines
    found = json.loads(passlab("run", "LowerTileOp", "x", "--json").out)["invariants"]
    assert found[0] == {
        "invariant": "no tl.tileop call is left",
        "status": "fail",
        "evidence": "T.copy is left",
        "why": "",
    }
    # The IR alone may be piped.
    assert "violated" in passlab("run", "LowerTileOp", "x", "--print", "after").err


def test_json_holds_both_sides(passlab: Passlab, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, TRACE)
    found = json.loads(passlab("run", "LowerTileOp", "x", "--json").out)
    assert (found["before"], found["after"], found["remark"]) == ("T.copy(A, B)\n", "T.tma_load(A)\n", "1 tma_load")


def test_failing_pass_says_what_it_expects_to_run_after(passlab: Passlab, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = dataclasses.replace(TRACE, boundaries=(), failure=Failure("LowerTileOp", "InternalError", "no layout"))
    answer_with(monkeypatch, failed)
    answer = passlab("run", "LowerTileOp", "x", "--target", "metal")
    assert answer.code == 1 and answer.out == ""
    assert "LowerTileOp failed" in answer.err and "no layout" in answer.err
    assert "expects to run after tirx.BindTarget, LayoutInference" in answer.err
    assert answer.err.splitlines()[-1] == "next: passlab run LowerTileOp x --target metal --with-prerequisites"
    again = passlab("run", "LowerTileOp", "x", "--target", "metal", "--with-prerequisites")
    assert "expects" not in again.err and again.err.splitlines()[-1] == "next: passlab trace x --target metal"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("NoSuchPass", "pipeline/gemm_pipelined"), "unknown pass"),
        (("Simplify", "pipeline/gemm_pipelined", "--target", "cuda:90"), "unknown target"),
        (("Simplify", "pipeline/gemm_pipelined", "--set", "3=M"), "NAME=VALUE"),
        (("Simplify",), "required"),
    ],
)
def test_wrong_name_is_a_usage_error(passlab: Passlab, arguments: tuple[str, ...], said: str) -> None:
    answer = passlab("run", *arguments)
    assert answer.code == 2 and answer.out == ""
    assert said in answer.err
