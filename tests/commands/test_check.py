"""`passlab check` from the command line: exit codes, text, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tl_passlab.cli import main

KERNELS = Path(__file__).parent.parent / "interp" / "defects.py"


def test_check_prints_one_line_per_boundary_and_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "elementwise/add", "--target", "cuda:sm_80", "--set", "M=8", "--set", "N=8"]) == 0
    text = capsys.readouterr().out
    assert "matches the reference exactly" in text
    assert any(line.lstrip().startswith("LowerTileOp") and line.endswith("exact") for line in text.splitlines())


def test_check_fails_on_a_race_and_says_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{KERNELS}::filled_after_copy", "--target", "cuda:sm_80"]) == 1
    text = capsys.readouterr().out
    assert "RACE" in text and "next: passlab blame" in text


def test_check_json_has_every_boundary(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", "elementwise/add", "--target", "metal", "--set", "M=8", "--set", "N=8", "--json"])
    data = json.loads(capsys.readouterr().out)
    assert code == 0 and data["ok"] is True
    assert data["boundaries"][0]["pass"] == "input" and len(data["boundaries"]) > 10


def test_check_of_an_unknown_case_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "no_such_case", "--target", "cuda:sm_80"]) == 2
    assert "unknown case" in capsys.readouterr().err
