"""The air-gapped kit, end to end with a small site folder: it runs, and it refuses what cannot work."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

from tl_passlab.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture(scope="module")
def kit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("passlab_kit", ROOT / "tools" / "kit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def unpacked(kit: ModuleType, folder: Path, python: str = PYTHON) -> Path:
    """A kit whose site has one module of no use: this environment has the real ones."""
    (folder / "site").mkdir()
    (folder / "site" / "only_in_the_kit.py").write_text("x = 1\n")
    kit.compress(folder / "site", [folder / "site"], folder / "site.tar.xz")
    kit.compress(ROOT, [ROOT / name for name in kit.PROJECT if (ROOT / name).exists()], folder / "project.tar.xz")
    archive = kit.pack(folder / "site.tar.xz", folder / "project.tar.xz", python, folder / "kit.tar")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "passlab-kit"


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHON": sys.executable}
    command = [str(home / "run.sh"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=200, check=False)


def test_kit_runs_and_its_results_can_be_imported(kit: ModuleType, tmp_path: Path) -> None:
    home = unpacked(kit, tmp_path)
    out = tmp_path / "out"
    done = run(home, str(out), "tests/parity/kernels/masked_softmax.py", "--device", "python", "--seeds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kernels run, 0 failed" in (out / "log.txt").read_text()
    command = [sys.executable, "-m", "tl_passlab.cli", "results", "import", str(out), "--json"]
    taken = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert taken.returncode == 0, taken.stderr
    assert json.loads(taken.stdout)["failed"] == 0
    assert len(list((tmp_path / ".passlab" / "parity").glob("*/results.json"))) == 1


def test_kit_reports_a_failing_kernel_by_its_exit_code(kit: ModuleType, tmp_path: Path) -> None:
    home = unpacked(kit, tmp_path)
    fault = ["--set", "fault=zeros", "--seeds", "1"]
    done = run(home, str(tmp_path / "out"), "tests/parity/kernels/gemm.py", "--device", "python", *fault)
    assert done.returncode == 1, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["site.tar.xz", "project.tar.xz", "PYTHON"])
def test_kit_with_a_damaged_file_is_refused(kit: ModuleType, tmp_path: Path, name: str) -> None:
    home = unpacked(kit, tmp_path)
    data = bytearray((home / name).read_bytes())
    data[len(data) // 2] ^= 0x10
    (home / name).write_bytes(bytes(data))
    done = run(home)
    assert done.returncode == 2 and "damaged" in done.stderr
    assert not (home / "work").exists()


def test_kit_for_another_python_is_refused(kit: ModuleType, tmp_path: Path) -> None:
    done = run(unpacked(kit, tmp_path, python="3.99"))
    assert done.returncode == 2 and "for Python 3.99" in done.stderr


def test_kit_over_the_limit_is_not_left_behind(
    kit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit, "LIMIT", 1000)
    with pytest.raises(UsageError, match="MiB"):
        unpacked(kit, tmp_path)
    assert not (tmp_path / "kit.tar").exists()


def test_requirements_are_the_pins_of_the_lane(kit: ModuleType) -> None:
    assert "apache-tvm-ffi==0.1.11" in kit.requirements("0.1.11")
    with pytest.raises(UsageError):
        kit.requirements("9.9.9")
