"""`passlab trace`: exit codes, messages, and what is left on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Passlab
from tests.traces import make_trace
from tl_passlab import isolation
from tl_passlab.model import Target, Trace
from tl_passlab.trace_store import read_trace

KERNELS = Path(__file__).parent.parent / "kernels"
USER_GEMM = f"{KERNELS / 'user_gemm.py'}::gemm"
BROKEN = f"{KERNELS / 'broken_pass.py'}::kernel"

LAYOUT = 'B = T.sblock_attr({"layout_map": {B: Layout((64,) -> (64,): (_i,) = (_i,))}})\n'
TRACE = make_trace(("tl.Simplify", "a\n", "a\n"), ("tl.LayoutInference", "a\n", LAYOUT), ("tl.Simplify", LAYOUT, "b\n"))


@pytest.fixture
def lowered(monkeypatch: pytest.MonkeyPatch) -> Trace:
    """A lowering that takes no time: what is shown of it is what is tested."""

    def trace_in_child(reference: str, target: Target, sizes: object, timeout: float) -> Trace:
        return TRACE

    monkeypatch.setattr(isolation, "trace_in_child", trace_in_child)
    return TRACE


def test_users_file_is_traced_written_and_shown(passlab: Passlab, tmp_path: Path) -> None:
    answer = passlab("trace", USER_GEMM, "--target", "cuda:sm_90a", "--set", "M=256", "--out", str(tmp_path / "out"))
    assert answer.code == 0, answer.err
    trace = read_trace(tmp_path / "out")
    assert trace.failure is None and trace.sizes["M"] == 256
    for b in trace.pipeline():
        assert f" {b.name} " in answer.out
    assert "warp-specialised" in answer.out and "grid (2,4,1)" in answer.out
    assert answer.out.splitlines()[-1].startswith("next: passlab trace")


def test_aborting_pass_is_reported_with_what_it_was_given(passlab: Passlab, tmp_path: Path) -> None:
    arguments = ("trace", BROKEN, "--target", "cuda:sm_80", "--set", "how=abort", "--out", str(tmp_path / "out"))
    answer = passlab(*arguments)
    assert answer.code == 1
    assert "LayoutInference failed after" in answer.err and "SIGABRT" in answer.err
    assert answer.err.splitlines()[-1].startswith("next: ")
    reproducer = tmp_path / "out" / "LayoutInference.before.tir"
    assert f"IR before the pass: {reproducer}" in answer.err and "A[i]" in reproducer.read_text()
    assert "InjectSoftwarePipeline" in answer.out
    assert len(read_trace(tmp_path / "out").pipeline()) > 10


def test_rejected_kernel_is_a_finding(passlab: Passlab, tmp_path: Path) -> None:
    answer = passlab(
        "trace", "reject/unequal_stages", "--target", "cuda:sm_90a", "--json", "--out", str(tmp_path / "o")
    )
    assert answer.code == 1
    failure = json.loads(answer.out)["failure"]
    assert failure["pass_name"] == "LayoutInference" and "InputShape()" in failure["message"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no_such_case",), "unknown case"),
        (("pipeline/gemm_pipelined", "--target", "cuda:sm_91"), "unknown target"),
        (("pipeline/gemm_pipelined", "--pass", "LayoutInferrence"), "unknown pass"),
        (("gone.py",), "no such file"),
        (("pipeline/gemm_pipelined", "--set", "M"), "NAME=VALUE"),
    ],
)
def test_wrong_name_is_a_usage_error_before_anything_is_lowered(
    passlab: Passlab, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    def popen(*args: object, **options: object) -> object:
        raise AssertionError(f"a child was started: {args}")

    if said not in ("unknown case", "no such file"):
        monkeypatch.setattr(isolation.subprocess, "Popen", popen)
    answer = passlab("trace", "--target", "metal", *arguments)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""
    assert answer.err.splitlines()[-1].startswith("next: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [("x = 1\n", "no kernel in this file"), ("def kernel(:\n", "not valid Python"), ("import no_such\n", "no_such")],
)
def test_file_that_is_no_kernel_is_a_usage_error(passlab: Passlab, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "mine.py").write_text(content)
    answer = passlab("trace", "mine.py", "--target", "metal")
    assert answer.code == 2
    assert said in answer.err and "mine.py" in answer.err


def test_hang_before_the_lowering_is_a_finding(passlab: Passlab, tmp_path: Path) -> None:
    (tmp_path / "sleepy.py").write_text("import time\ntime.sleep(60)\n")
    answer = passlab("trace", "sleepy.py", "--target", "metal", "--timeout", "0.5")
    assert answer.code == 1
    assert "no answer after 0.5 s" in answer.err


def test_only_changed_leaves_out_the_rest(passlab: Passlab, lowered: Trace) -> None:
    everything, changed = passlab("trace", "x").out, passlab("trace", "x", "--only-changed").out
    assert "Simplify " in everything and "Simplify " not in changed
    assert "LayoutInference" in changed and "Simplify.2" in changed


def test_pass_shows_one_boundary_in_any_case(passlab: Passlab, lowered: Trace) -> None:
    answer = passlab("trace", "x", "--pass", "tl.layoutinference")
    assert answer.code == 0
    assert f"+ {LAYOUT.strip()}" in answer.out and "- a" in answer.out
    assert "Simplify" not in answer.out
    assert "- B = T.sblock_attr" in passlab("trace", "x", "--pass", "Simplify.2").out


def test_pass_that_did_not_run_lists_its_runs(passlab: Passlab, lowered: Trace) -> None:
    answer = passlab("trace", "x", "--pass", "Simplify.3")
    assert answer.code == 2
    assert "Simplify.3 does not run here" in answer.err and "  Simplify.2" in answer.err


def test_json_is_the_manifest(passlab: Passlab, lowered: Trace) -> None:
    head = json.loads(passlab("trace", "x", "--json").out)
    assert (head["format"], head["version"]) == ("passlab-trace", 1)
    assert [b["name"] for b in head["boundaries"]] == ["Simplify", "LayoutInference", "Simplify.2"]
    assert read_trace(Path(head["directory"])) == TRACE


def test_out_does_not_overwrite_foreign_files(passlab: Passlab, lowered: Trace, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    answer = passlab("trace", "x", "--out", "mine")
    assert answer.code == 2
    assert "left alone" in answer.err
