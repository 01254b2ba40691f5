"""Probing tools: whatever they do, the caller lives and gets an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tl_passlab import devices

CACHED = devices.nvcc_version


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is first on PATH, and no answer remembered from before or kept for later."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for name in ("cuda_devices", "rocm_devices", "nvcc_version", "hipcc_version"):
        monkeypatch.setattr(devices, name, getattr(devices, name).__wrapped__)
    return tmp_path


def put_tool(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_probe_of_a_missing_tool_is_none(tools: Path) -> None:
    assert devices.probe("no-such-tool-here") is None


def test_probe_of_a_failing_tool_is_none(tools: Path) -> None:
    put_tool(tools, "broken", "echo half an answer; exit 9")
    assert devices.probe("broken") is None


def test_probe_of_a_tool_that_is_no_program_is_none(tools: Path) -> None:
    (tools / "garbage").write_bytes(b"\x7fELF not really")
    (tools / "garbage").chmod(0o755)
    assert devices.probe("garbage") is None


def test_probe_of_a_hanging_tool_is_none(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_tool(tools, "hanging", "exec sleep 60")
    monkeypatch.setattr(devices, "PROBE_SECONDS", 0.2)
    assert devices.probe("hanging") is None


def test_cuda_devices_reads_the_compute_capability(tools: Path) -> None:
    put_tool(tools, "nvidia-smi", "echo '9.0, NVIDIA H200'; echo '12.0, NVIDIA RTX PRO, Server'")
    first, second = devices.cuda_devices()
    assert (first.arch, first.name) == ("sm_90", "NVIDIA H200")
    assert (second.arch, second.name) == ("sm_120", "NVIDIA RTX PRO, Server")


def test_cuda_devices_without_a_driver_are_none(tools: Path) -> None:
    put_tool(tools, "nvidia-smi", "echo 'NVIDIA-SMI has failed, no devices'; exit 9")
    assert devices.cuda_devices() == ()


def test_rocm_devices_skips_the_processors(tools: Path) -> None:
    put_tool(tools, "rocminfo", "echo '  Name:  AMD EPYC'; echo '  Name:                    gfx942'")
    assert [device.arch for device in devices.rocm_devices()] == ["gfx942"]


def test_nvcc_version_is_the_release(tools: Path) -> None:
    put_tool(tools, "nvcc", "echo 'Cuda compilation tools, release 13.0, V13.0.48'")
    assert devices.nvcc_version() == "13.0"


def test_a_compiler_is_asked_once_however_many_kernels_need_it(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "nvcc_version", CACHED)
    CACHED.cache_clear()
    put_tool(tools, "nvcc", f"echo asked >> {tools}/log; echo 'release 13.0, V13.0.48'")
    assert [devices.why_no_toolkit("cuda") for _ in range(3)] == ["", "", ""]
    assert (tools / "log").read_text() == "asked\n"
    CACHED.cache_clear()


def test_cxx_version_takes_the_first_compiler_that_answers(tools: Path) -> None:
    put_tool(tools, "clang++", "exit 1")
    put_tool(tools, "g++", "echo 'g++ (Debian 12.2.0-14) 12.2.0'")
    assert devices.cxx_version() == "g++ 12.2.0"


@pytest.mark.parametrize(
    ("system", "machine", "count"), [("Darwin", "arm64", 1), ("Darwin", "x86_64", 0), ("Linux", "arm64", 0)]
)
def test_mps_devices_are_on_apple_silicon_only(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, count: int
) -> None:
    monkeypatch.setattr(devices.platform, "system", lambda: system)
    monkeypatch.setattr(devices.platform, "machine", lambda: machine)
    assert len(devices.mps_devices()) == count
