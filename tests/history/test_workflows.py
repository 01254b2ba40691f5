"""The workflows: valid by the schema that GitHub's own format is published in, and calling what is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tl_passlab.lane_env import CHECKOUT
from tl_passlab.lanes import LANES

# It needs Python 3.11; its copy of the schema comes in the wheel, so nothing is fetched.
pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")

WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))
NIGHTLY = CHECKOUT / ".github" / "workflows" / "nightly.yml"


def validate(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    return subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)


def parsed(path: Path) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def rows() -> list[dict[str, Any]]:
    return list(parsed(NIGHTLY)["jobs"]["nightly"]["strategy"]["matrix"]["include"])


def test_both_workflows_are_valid() -> None:
    assert {path.name for path in WORKFLOWS} == {"ci.yml", "nightly.yml"}
    done = validate(*WORKFLOWS)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    runs-on: ${{ matrix.runner }}\n", ""),
        ("- uses: actions/checkout@v4", "- using: actions/checkout@v4"),
        ("  workflow_dispatch:", "  workflow_despatch:"),
        ("if-no-files-found: warn", "if-no-files-found: [warn]"),
        ("timeout-minutes:", "timeout-minuets:"),
    ],
)
def test_a_broken_workflow_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = NIGHTLY.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "nightly.yml").write_text(text.replace(old, new), encoding="utf-8")
    assert validate(tmp_path / "nightly.yml").returncode == 1


def test_the_matrix_has_every_kind_of_machine_and_no_row_waits_for_another() -> None:
    tracks = [row["track"] for row in rows()]
    assert len(set(tracks)) == len(tracks)
    assert {"cpu", "cpu-0.1.11", "h100", "h200", "b200", "mi300", "apple"} <= set(tracks)
    assert all(LANES[row["lane"]].full for row in rows())
    (job,) = parsed(NIGHTLY)["jobs"].values()
    assert job["strategy"]["fail-fast"] is False and "needs" not in job
    assert "matrix.track" in job["concurrency"]["group"]


def test_the_nightly_is_called_with_options_that_it_has() -> None:
    (command,) = [s["run"] for s in parsed(NIGHTLY)["jobs"]["nightly"]["steps"] if "nightly.py" in s.get("run", "")]
    used = set(re.findall(r"--[a-z-]+", command + "".join(row.get("options", "") for row in rows())))
    script = [sys.executable, str(CHECKOUT / "tools" / "nightly.py"), "--help"]
    known = set(re.findall(r"--[a-z-]+", subprocess.run(script, capture_output=True, text=True, check=True).stdout))
    assert {"--track", "--out"} <= used <= known


def test_results_are_kept_also_when_the_nightly_fails() -> None:
    steps = parsed(NIGHTLY)["jobs"]["nightly"]["steps"]
    kept = [
        step for step in steps if step.get("uses", "").startswith(("actions/upload-artifact", "actions/cache/save"))
    ]
    assert len(kept) == 2 and all(step["if"] == "always()" for step in kept)
    files = " ".join(step["with"]["path"] for step in kept).split()
    assert {Path(file).name for file in files} >= {
        "run.json", "junit.xml", "report.html", "pending.zip", "history.sqlite",
    }  # fmt: skip
    # Everything lies under .passlab, which upload-artifact passes over unless it is told.
    assert kept[-1]["with"]["include-hidden-files"] is True


def test_ci_keeps_the_pending_goldens_of_a_failed_run() -> None:
    steps = parsed(CHECKOUT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]["steps"]
    exporting, uploading = steps[-2:]
    assert "pending --export pending.zip" in exporting["run"] and uploading["with"]["path"] == "pending.zip"
    assert exporting["if"] == uploading["if"] == "failure()"
