"""`passlab passes`: a pipeline in order, also of lanes that are not installed."""

from __future__ import annotations

import json

import pytest

from tests.commands.conftest import Passlab
from tl_passlab import lanes
from tl_passlab.passes import PASSES
from tl_passlab.passes.pipelines import observed_pipeline
from tl_passlab.targets import parse_target


@pytest.mark.parametrize("lane", lanes.LANES)
def test_pipeline_is_listed_in_order(passlab: Passlab, lane: str) -> None:
    answer = passlab("passes", "--lane", lane, "--target", "metal")
    assert answer.code == 0
    shown = [line.split()[1] for line in answer.out.splitlines() if line[:4].strip().isdigit()]
    assert shown == observed_pipeline(lane, parse_target("metal"))


def test_json_lists_pipeline_and_the_rest(passlab: Passlab) -> None:
    found = json.loads(passlab("passes", "--lane", "0.1.11", "--target", "cuda:sm_90a", "--json").out)
    assert [item["position"] for item in found["pipeline"]] == list(range(len(found["pipeline"])))
    assert "InstructionAnnotation" in found["others"]
    assert "MaterializeKernelLaunch" not in found["others"]


def test_one_pass_is_described(passlab: Passlab) -> None:
    answer = passlab("passes", "producerconsumerwarpspecializedtiled", "--lane", "0.1.15", "--json")
    found = json.loads(answer.out)
    assert found["pass"] == found["name_in_lane"] == "ProducerConsumerWarpSpecialized"
    assert len(found["positions"]) == 1 and "tirx.BindTarget" in found["requires"]
    assert "one full and one empty mbarrier per stage" in found["invariants"]
    assert set(found["checked"]) <= set(found["invariants"])
    said = passlab("passes", "LowerTileOp", "--lane", "0.1.15").out
    assert "no tl.tileop call is left  (checked)" in said and "not checked" not in said
    text = passlab("passes", "InstructionAnnotation", "--lane", "0.1.15").out
    assert "0.1.12" in text and PASSES["InstructionAnnotation"].replaced_by in text
    assert text.splitlines()[-1] == "next: pytest -k InstructionAnnotation"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("Nothing",), "unknown pass"), (("--lane", "0.1.9"), "unknown lane"), (("--target", "opencl"), "unknown target")],
)
def test_wrong_name_is_a_usage_error(passlab: Passlab, arguments: tuple[str, ...], said: str) -> None:
    answer = passlab("passes", *arguments)
    assert answer.code == 2 and answer.out == ""
    assert said in answer.err
