"""Results on disk: they come back as they were, and a damaged file is a message, not a traceback."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tl_passlab.cli import main
from tl_passlab.errors import UsageError
from tl_passlab.parity import outcome as kinds
from tl_passlab.parity.outcome import Difference, Element, Outcome, Step
from tl_passlab.parity.results import FILE, Results, import_results, read_results, write_results

WRONG = Difference(
    "C", 3, 9, 1.5, math.inf, 2.0, 0.25, math.inf, Element((0, 1), 1.0, math.nan, 0.1, (0, 0)), None, "#."
)
OUTCOMES = (
    Outcome("pipeline/gemm", "cuda:sm_90a", "cuda", Step("declared", {"M": 64}, 1), kinds.PASS, launch_ms=0.5),
    Outcome("pipeline/gemm", "cuda:sm_80", "cuda", Step("one", {"M": 1}, 2), kinds.NONFINITE, "why", "", (WRONG,)),
)
RESULTS = Results({"started": "2026-01-02T03:04:05+00:00"}, OUTCOMES, ({"case": "a", "target": "b", "reason": "c"},))


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    write_results(RESULTS, tmp_path)
    # repr, because NaN does not equal itself.
    assert repr(read_results(tmp_path)) == repr(RESULTS)
    json.loads((tmp_path / FILE).read_text(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("passlab-parity", "something-else"),
        lambda text: text.replace('"version": 1', '"version": 99'),
        lambda text: text.replace('"step"', '"stop"'),
        lambda text: "[]",
        lambda text: "",
    ],
)
def test_damaged_results_are_a_usage_error(tmp_path: Path, damage: object) -> None:
    path = write_results(RESULTS, tmp_path)
    path.write_text(damage(path.read_text()))  # type: ignore[operator]
    with pytest.raises(UsageError):
        read_results(tmp_path)


def test_import_keeps_a_run_once(tmp_path: Path) -> None:
    write_results(RESULTS, tmp_path / "from")
    place, _, new = import_results(tmp_path / "from", tmp_path / "store")
    again, _, second = import_results(tmp_path / "from", tmp_path / "store")
    assert (new, second) == (True, False) and place == again
    assert repr(read_results(place)) == repr(RESULTS)


def test_import_command_fails_where_a_kernel_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_results(RESULTS, tmp_path / "from")
    assert main(["results", "import", "from"]) == 1
    assert "2 runs, 1 failed" in capsys.readouterr().out
    assert main(["results", "import", "nowhere"]) == 2
