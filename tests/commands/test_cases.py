"""`passlab cases`: a list made from text."""

from __future__ import annotations

import json

from tests.commands.conftest import Passlab


def test_cases_lists_every_case_with_its_summary(passlab: Passlab) -> None:
    answer = passlab("cases")
    assert answer.code == 0
    assert "pipeline/gemm_pipelined" in answer.out and "reject/unequal_stages" in answer.out
    assert answer.out.splitlines()[-1].startswith("next: passlab trace ")


def test_cases_filters_by_name_pass_and_target(passlab: Passlab) -> None:
    everything = json.loads(passlab("cases", "--json").out)
    for text in ("gemm_pipelined", "layoutinference", "METAL"):
        found = json.loads(passlab("cases", text, "--json").out)
        assert 0 < len(found) < len(everything)
        assert all(text.lower() in json.dumps(case).lower() for case in found)


def test_cases_that_match_nothing_are_none(passlab: Passlab) -> None:
    answer = passlab("cases", "zzz")
    assert (answer.code, answer.out) == (0, "0 cases\n")


def test_json_has_what_a_case_declares(passlab: Passlab) -> None:
    (case,) = json.loads(passlab("cases", "pipeline/gemm_pipelined", "--json").out)
    assert case["sizes"]["num_stages"] == 3
    assert "InjectSoftwarePipeline" in case["watch"] and "cuda:sm_80" in case["targets"]
    assert case["claims"]
