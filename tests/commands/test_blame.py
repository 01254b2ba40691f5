"""`passlab blame` from the command line: the guilty pass, the reproducer, compile failures, device results."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.lowering import LANE
from tl_passlab.cli import main

KERNELS = Path(__file__).parent.parent / "interp" / "defects.py"


def test_blame_names_the_pass_and_writes_a_reproducer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(
        ["blame", f"{KERNELS}::read_then_overwritten", "--target", "cuda:sm_80", "--out", str(tmp_path), "--json"]
    )
    data = json.loads(capsys.readouterr().out)
    assert code == 1 and data["pass"] == "InjectSoftwarePipeline"
    assert "software_pipeline" in data["diff"] or "num_stages" in data["diff"]
    folder = Path(data["reproducer"])
    assert {p.name for p in folder.iterdir()} >= {
        "before.tir",
        "after.tir",
        "before.json",
        "pass.json",
        "inputs.npz",
        "run.py",
    }
    again = subprocess.run([sys.executable, str(folder / "run.py")], capture_output=True, text=True, check=False)
    assert again.returncode == 1, again.stderr
    assert "RACE" in again.stdout and "before:" not in again.stdout


def test_blame_of_a_sound_kernel_finds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(
        ["blame", "elementwise/add", "--target", "cuda:sm_80", "--set", "M=8", "--set", "N=8", "--out", str(tmp_path)]
    )
    assert code == 0
    assert "nothing is wrong" in capsys.readouterr().out


def test_blame_of_a_failing_lowering_names_the_pass_that_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["blame", "reject/unequal_stages", "--target", "cuda:sm_80", "--out", str(tmp_path), "--json"])
    data = json.loads(capsys.readouterr().out)
    assert code == 1 and data["pass"] == "LayoutInference"
    assert (Path(data["reproducer"]) / "before.tir").is_file()


def test_blame_of_a_wrong_device_result_acquits_the_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((8, 8)).astype(np.float32) for _ in range(2))
    np.savez(tmp_path / "run.npz", A=a, B=b, C=a + b + 1)
    code = main(["blame", "elementwise/add", "--target", "cuda:sm_80", "--set", "M=8", "--set", "N=8",
                 "--device", str(tmp_path / "run.npz"), "--out", str(tmp_path), "--json"])  # fmt: skip
    data = json.loads(capsys.readouterr().out)
    assert code == 1 and data["pass"] == "codegen"


def test_blame_with_a_missing_device_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["blame", "elementwise/add", "--target", "metal", "--device", "missing.npz"]) == 2


# What each lane's code generator refuses although every pass is right.
REFUSED = {
    "0.1.11": ("dynamic/gemm_tails", ("M=33", "N=33", "K=33")),
    "0.1.15": ("regressions/symbolic_wait_count", ("N=2",)),
}


def test_a_kernel_that_only_the_code_generator_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    kernel, sizes = REFUSED[LANE.tilelang]
    options = [kernel, "--target", "cuda:sm_80", *(word for size in sizes for word in ("--set", size))]
    assert main(["blame", *options]) == 1
    said = capsys.readouterr().out
    assert "the step after the last pass fails" in said and f"next: passlab trace {' '.join(options)}\n" in said
