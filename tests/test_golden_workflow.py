"""The life of a golden in a project of its own, with real lowerings: made, selected, corrupted, explained, repaired."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lowering import LANE

ROOT = Path(__file__).parent.parent
SETTINGS = (
    '[tool.pytest.ini_options]\naddopts = "--snapshot-disable-unused -p no:cacheprovider"\ntestpaths = ["tests"]\n'
)
FOREIGN = "goldens/0.0.1/metal/elementwise/add/pipeline.txt"

pytestmark = pytest.mark.skipif(not LANE.full, reason="no goldens are kept for this lane")


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """pytest in a project, as a person at a desk runs it."""
    environment = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith(("PYTEST_", "PASSLAB_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every golden with its bytes and the time it was written."""
    files = [p for p in (folder / "goldens").rglob("*") if p.is_file()]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def failed(done: subprocess.CompletedProcess[str]) -> set[str]:
    """The ids of the tests that failed."""
    return set(re.findall(r"^FAILED \S+?\[(\S+?)\]", done.stdout, re.MULTILINE))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two small cases, the golden tests of this repository, and a golden of another lane."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_text(SETTINGS)
    (folder / "tests").mkdir()
    for name in ("__init__.py", "lowering.py", "test_goldens.py"):
        shutil.copy(ROOT / "tests" / name, folder / "tests" / name)
    for name in (
        "__init__.py",
        "elementwise/__init__.py",
        "elementwise/add.py",
        "reduce/__init__.py",
        "reduce/row_sum.py",
    ):
        (folder / "cases" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "cases" / name, folder / "cases" / name)
    (folder / FOREIGN).parent.mkdir(parents=True)
    (folder / FOREIGN).write_text("= Simplify\n")
    done = run_pytest(folder, "--snapshot-update")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_goldens_lie_by_lane_target_and_case(project: Path) -> None:
    names = set(contents(project))
    folder = f"goldens/{LANE.tilelang}/cuda_sm_80"
    for name in (
        "LANE.toml",
        "elementwise/add/pipeline.txt",
        "elementwise/add/LayoutInference.diff",
        "elementwise/add/kernel.cu",
    ):
        assert f"{folder}/{name}" in names
    assert {name for name in names if not name.startswith(f"goldens/{LANE.tilelang}/")} == {FOREIGN}


def test_corrupted_goldens_fail_alone_say_why_and_are_repaired_alone(project: Path) -> None:
    intact = contents(project)
    folder = project / "goldens" / LANE.tilelang
    behaviour = folder / "cuda_sm_80/elementwise/add/LayoutInference.diff"
    behaviour.write_text(_edited(behaviour.read_text(), "+"))
    drifted = folder / "cuda_sm_90a/reduce/row_sum/LowerTileOp.diff"
    drifted.write_text(_edited(drifted.read_text(), "-"))

    done = run_pytest(project)
    assert done.returncode == 1
    assert failed(done) == {"LayoutInference-add-cuda_sm_80", "LowerTileOp-row_sum-cuda_sm_90a"}
    assert "behaviour changed: the input of LayoutInference is as recorded, its output is not" in done.stdout
    assert "input drifted: " in done.stdout
    assert "corrupted" in done.stdout and re.search(r"^next: (passlab|pytest) ", done.stdout, re.MULTILINE)

    corrupt = contents(project)
    again = run_pytest(project, "-n", "4", "--snapshot-update")
    assert again.returncode == 0, again.stdout
    repaired = contents(project)
    assert {name: data for name, (data, _) in repaired.items()} == {name: data for name, (data, _) in intact.items()}
    written = {name for name, state in repaired.items() if state != corrupt[name]}
    assert written == {str(behaviour.relative_to(project)), str(drifted.relative_to(project))}


def _edited(diff: str, sign: str) -> str:
    """The diff with one of its lines of that sign changed, as a slip of the hand would."""
    lines = diff.splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith(sign))
    lines[first] += "  # corrupted"
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("InjectSoftwarePipeline", "InjectSoftwarePipeline-"),
        ("gemm_pipelined", "-gemm_pipelined-"),
        ("metal and LayoutInference", "LayoutInference-"),
    ],
)
def test_selection_means_what_a_user_types(expression: str, wanted: str) -> None:
    done = run_pytest(ROOT, "--collect-only", "-k", expression, "tests/test_goldens.py")
    found = re.findall(r"\[(\S+)\]", done.stdout)
    assert found
    for name in found:
        assert wanted in name
        assert "metal" not in expression or name.endswith("-metal")
