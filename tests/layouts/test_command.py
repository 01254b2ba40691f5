"""`passlab layout` on real kernels: lists, draws, writes, and says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lowering import trace_of
from tl_passlab import isolation
from tl_passlab.cli import main
from tl_passlab.layouts.find import layouts_in, of_another_shape, wrongly_expanded


@pytest.mark.parametrize(
    ("case", "spec", "name"),
    [
        ("layout/padded_layout", "cuda:sm_90a", "InjectSoftwarePipeline"),
        ("layout/swizzled_layout", "cuda:sm_90a", "ProducerConsumerWarpSpecialized"),
    ],
)
def test_upstream_expands_a_manual_layout_for_its_versions(case: str, spec: str, name: str) -> None:
    boundary = trace_of(case, spec).boundary(name)
    trace = trace_of(case, spec)
    before, after = trace.texts[boundary.before], trace.texts[boundary.after]
    assert {len(layout.shape) for layout in layouts_in(before).values()} == {2}
    assert {len(layout.shape) for layout in layouts_in(after).values()} == {3}
    assert wrongly_expanded(before, after) == []
    assert of_another_shape(trace.after("LayoutInference")) == []


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower in this process, once per case: the child is tested by one test, the command by all."""
    traced = {"gemm_pipelined": "pipeline/gemm_pipelined", "unequal_stages": "reject/unequal_stages"}
    monkeypatch.setattr(isolation, "trace_in_child", lambda name, target, *_: trace_of(traced[name], target.spec))


def test_layout_lists_the_buffers_of_a_kernel_lowered_in_a_child(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layout", "transpose", "--target", "cuda:sm_80"]) == 0
    assert capsys.readouterr().out.startswith("tile ")


@pytest.mark.usefixtures("in_process")
def test_layout_writes_a_picture_and_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    command = ["layout", "gemm_pipelined", "--target", "cuda:sm_80", "--buffer", "A_shared"]
    assert main([*command, "--svg", str(tmp_path / "a.svg")]) == 0
    assert (tmp_path / "a.svg").read_text().startswith("<svg")
    capsys.readouterr()
    assert main([*command, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["shape"] == [3, 64, 32]


@pytest.mark.usefixtures("in_process")
def test_layout_names_the_buffers_when_there_is_no_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layout", "gemm_pipelined", "--target", "cuda:sm_80", "--buffer", "A_sharde"]) == 2
    assert "A_shared" in capsys.readouterr().err


@pytest.mark.usefixtures("in_process")
def test_layout_after_a_failed_pass_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layout", "unequal_stages", "--target", "cuda:sm_80"]) == 1
    assert "InputShape() = (2, 64, 64)" in capsys.readouterr().err
