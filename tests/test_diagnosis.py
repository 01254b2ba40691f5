"""The checks of `passlab doctor`, on versions and imports that are wrong in every known way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tl_passlab import devices, diagnosis, lanes
from tl_passlab.diagnosis import Check, diagnose

GOOD = {"tilelang": "0.1.15", "apache-tvm-ffi": "0.1.12", "torch": "2.13.0+cpu", "z3-solver": "4.15.4.0"}


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tool is asked, and importing works, unless a test says otherwise."""
    monkeypatch.setattr(devices, "probe", lambda *command: None)
    monkeypatch.setattr(devices, "cuda_devices", lambda: ())
    monkeypatch.setattr(devices, "rocm_devices", lambda: ())


def check(monkeypatch: pytest.MonkeyPatch, name: str, **versions: str | None) -> Check:
    """The named check where these versions, and else good ones, are installed and importing works."""
    found = GOOD | {key.replace("_", "-"): version for key, version in versions.items()}
    monkeypatch.setattr(lanes, "installed_version", found.get)
    monkeypatch.setattr(diagnosis, "_import", lambda lane: Check("import", "", "ok"))
    return next(c for c in diagnose() if c.name == name)


def test_good_environment_has_nothing_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    check(monkeypatch, "tilelang")
    assert {c.status for c in diagnose()} == {"ok", "info"}


@pytest.mark.parametrize("ffi", ["0.1.11", "0.1.15", None])
def test_wrong_ffi_names_the_pin_and_the_command(monkeypatch: pytest.MonkeyPatch, ffi: str | None) -> None:
    found = check(monkeypatch, "apache-tvm-ffi", apache_tvm_ffi=ffi)
    assert found.status == "wrong" and "0.1.12" in found.note
    assert found.next_command == "pip install -c constraints/0.1.15.txt apache-tvm-ffi==0.1.12"


def test_ffi_beside_the_pin_that_works_is_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    found = check(monkeypatch, "apache-tvm-ffi", tilelang="0.1.13", apache_tvm_ffi="0.1.11")
    assert found.status == "ok" and "0.1.12" in found.note


@pytest.mark.parametrize(
    ("z3", "status"), [("4.15.4.0", "ok"), ("4.15.5.0", "wrong"), ("5.0", "wrong"), (None, "wrong")]
)
def test_z3_must_be_below_the_break(monkeypatch: pytest.MonkeyPatch, z3: str | None, status: str) -> None:
    assert check(monkeypatch, "z3-solver", z3_solver=z3).status == status


def test_missing_torch_is_wrong_and_another_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(monkeypatch, "torch", torch=None).status == "wrong"
    other = check(monkeypatch, "torch", torch="2.11.0")
    assert other.status == "ok" and "2.13.0" in other.note


@pytest.mark.parametrize("version", [None, "0.1.9"])
def test_missing_or_too_old_tilelang_says_what_to_install(monkeypatch: pytest.MonkeyPatch, version: str | None) -> None:
    found = check(monkeypatch, "tilelang", tilelang=version)
    assert found.status == "wrong" and "pip install" in found.next_command


def test_development_build_is_served_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    found = check(monkeypatch, "tilelang", tilelang="0.1.16.dev0+gitabc")
    assert found.status == "ok" and "treated as lane 0.1.15" in found.note


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import os, sys; print('TypeAttr is already registered', file=sys.stderr, flush=True); os.abort()", "aborts"),
        ("raise ImportError('libz3.so.4.15: cannot open shared object file')", "fails"),
    ],
)
def test_import_that_aborts_or_fails_is_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str, said: str
) -> None:
    (tmp_path / "tilelang").mkdir()
    (tmp_path / "tilelang" / "__init__.py").write_text(body + "\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = diagnosis._import(lanes.LANES["0.1.15"])
    assert found.status == "wrong" and f"`import tilelang` {said}" in found.note
    assert "already registered" in found.note or "libz3" in found.note
    assert "constraints/0.1.15.txt" in found.next_command


def test_import_that_hangs_is_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tilelang.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(diagnosis, "IMPORT_SECONDS", 0.3)
    found = diagnosis._import(lanes.LANES["0.1.15"])
    assert found.status == "wrong" and "did not return" in found.note


def test_devices_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cuda_devices", lambda: (devices.Device("cuda", "sm_90", "NVIDIA H200"),))
    found = check(monkeypatch, "CUDA device")
    assert found.value == "1" and "NVIDIA H200 (sm_90)" in found.note
