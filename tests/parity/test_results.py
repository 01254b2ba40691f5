"""Results on disk: they come back as they were, and a damaged file is a message, not a traceback."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from tl_passlab.cases import find_cases
from tl_passlab.cli import main
from tl_passlab.errors import UsageError
from tl_passlab.parity import outcome as kinds
from tl_passlab.parity.known import FINDINGS, FINDINGS_OF_LANE, RACES, UNAVAILABLE
from tl_passlab.parity.outcome import Difference, Element, Outcome, Step
from tl_passlab.parity.results import FILE, Results, import_results, read_results, write_results

ROOT = Path(__file__).resolve().parents[2]
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


def test_table_has_a_row_for_each_kernel_with_its_runs_errors_and_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(case: str, variant: str, kind: str, ratio: float, max_abs: float) -> Outcome:
        difference = Difference("C", 0, 9, max_abs, 0.0, 0.0, 1.0, ratio)
        step, ms = Step(variant, {}, 1), 0.2 if variant == "declared" else 9.0
        return Outcome(case, "cuda:sm_80", "cuda", step, kind, "", "", (difference,), "", "", 2.5, ms)

    outcomes = (
        run("pipeline/gemm", "declared", kinds.PASS, 0.25, 1e-4),
        run("regressions/partial_fill", "declared", kinds.NUMERICAL, 9.0, 1.0),
        run("pipeline/gemm", "one", kinds.PASS, 0.5, math.inf),
    )
    write_results(Results({"started": "2026-01-02T03:04:05+00:00", "python": "3.12.3"}, outcomes), tmp_path)
    assert main(["results", "table", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("2026-01-02. 2 kernels (a case on a target), 1 of them wrong; 3 runs, 1 wrong.")
    assert lines[4] == "| pipeline/gemm | cuda:sm_80 | pass | 2/2 | 0.0001 | 0.5 | 2.5 | 200 |"
    assert lines[5].startswith(
        "| regressions/partial_fill | cuda:sm_80 | [numerical](findings/device-partial-fill.md) | 0/1 |"
    )


def test_a_later_run_replaces_the_kernels_it_ran(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = replace(OUTCOMES[1], kind=kinds.PASS)
    write_results(RESULTS, tmp_path / "first")
    write_results(replace(RESULTS, outcomes=(again,)), tmp_path / "second")
    assert main(["results", "table", str(tmp_path / "first"), str(tmp_path / "second")]) == 0
    rows = capsys.readouterr().out.splitlines()[4:]
    assert [row.split(" | ")[2] for row in rows] == ["pass", "pass"]


def test_table_of_no_results_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", "table", str(tmp_path / "absent")]) == 2
    assert "next: passlab parity" in capsys.readouterr().err


def test_every_known_case_exists_and_has_a_page() -> None:
    names = {info.name for info in find_cases()}
    known = [FINDINGS, *FINDINGS_OF_LANE.values()]
    assert all(case in names and (ROOT / page).is_file() for table in known for (case, _), page in table.items())
    assert all(case in names for case, _ in UNAVAILABLE) and all(case in names for case in RACES)
