"""Which targets can run here, and the exact reason where they cannot."""

from __future__ import annotations

import json

import pytest

from tl_passlab import devices
from tl_passlab.cli import main
from tl_passlab.devices import Device
from tl_passlab.parity.plan import Choice, plan
from tl_passlab.parity.runners import why_not
from tl_passlab.targets import parse_target

H200 = Device("cuda", "sm_90", "NVIDIA H200", "580.159.04", 143771)


@pytest.fixture
def one_h200(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cuda_devices", lambda: (H200,))
    monkeypatch.setattr(devices, "nvcc_version", lambda: "13.0")
    monkeypatch.setattr(devices, "torch_backend", lambda kind: "")


@pytest.mark.parametrize(
    ("arch", "runs"), [("sm_80", True), ("sm_90", True), ("sm_90a", True), ("sm_100", False), ("sm_100a", False)]
)
def test_a_device_runs_its_own_and_older_plain_architectures(arch: str, runs: bool) -> None:
    assert devices.cuda_runs(arch, H200) is runs


def test_an_older_architecture_with_a_suffix_does_not_run() -> None:
    assert not devices.cuda_runs("sm_90a", Device("cuda", "sm_100", "NVIDIA B200"))


@pytest.mark.usefixtures("one_h200")
def test_the_reason_names_what_was_found() -> None:
    assert why_not(parse_target("cuda:sm_90a")) == ""
    assert why_not(parse_target("cuda:sm_100a")) == "no CUDA device of sm_100a; found sm_90 (NVIDIA H200)"
    assert why_not(parse_target("c")) == "no device runner for c code"


@pytest.mark.usefixtures("one_h200")
def test_a_missing_compiler_or_torch_is_the_reason_after_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "torch_backend", lambda kind: "torch 2.13.0+cpu does not see the device")
    assert why_not(parse_target("cuda:sm_80")) == "torch 2.13.0+cpu does not see the device"
    monkeypatch.setattr(devices, "nvcc_version", lambda: None)
    assert why_not(parse_target("cuda:sm_80")).startswith("no nvcc on PATH")


@pytest.mark.usefixtures("one_h200")
def test_a_plan_runs_what_can_run_and_keeps_the_reason_of_the_rest() -> None:
    pairs = {pair.target.spec: pair for pair in plan(Choice(cases=("pipeline/gemm_pipelined",), device="cuda"))}
    assert pairs["cuda:sm_80"].steps and pairs["cuda:sm_90a"].steps
    assert not pairs["cuda:sm_100a"].steps and "sm_100a" in pairs["cuda:sm_100a"].skipped


def test_devices_command_lists_every_target(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["target"] for row in found["targets"]][-1] == "c"
    assert all(row["why_not"] for row in found["targets"] if row["runner"] == "-")


def test_driver_and_memory_are_read_from_a_full_line() -> None:
    assert devices._cuda_device("9.0, NVIDIA H200, 580.159.04, 143771 MiB") == H200
