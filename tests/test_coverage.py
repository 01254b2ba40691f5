"""The coverage table, from hand-made goldens; and the page in docs/, from the real ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tl_passlab.cli import main
from tl_passlab.coverage import CHECKER, NO_CASE, NO_GOLDEN, REASONS_ON, Coverage, goldens_root, measure
from tl_passlab.report.coverage_text import coverage_json, coverage_page, render_coverage
from tl_passlab.report.text import Style

ROOT = Path(__file__).resolve().parent.parent
CASE = '''"""An idea."""
TARGETS = ["cuda:sm_90a"]


def kernel():
    pass


def claim_stages(trace):
    assert "3" in trace.before("LayoutInference") + trace.after("ThreadSync.2")


def claim_nothing(trace):
    pass
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two cases; one has goldens on two lanes, with Simplify unchanged and LowerTileOp changed twice."""
    topic = tmp_path / "cases" / "topic"
    topic.mkdir(parents=True)
    (tmp_path / "cases" / "__init__.py").touch()
    (topic / "one.py").write_text(CASE, encoding="utf-8")
    (topic / "two.py").write_text(CASE.replace("claim_stages", "claim_other"), encoding="utf-8")
    for lane, case in (("0.1.15", "one"), ("0.1.15", "two"), ("0.1.11", "one")):
        folder = tmp_path / "goldens" / lane / "cuda_sm_90a" / "topic" / case
        folder.mkdir(parents=True)
        text = "= NestedLoopChecker\n~ LayoutInference +2 -1\n= Simplify\n~ LowerTileOp +9 -3\n= Simplify.2\n"
        (folder / "pipeline.txt").write_text(
            text + ("~ ThreadSync.2 +1 -0\n" if case == "one" else ""), encoding="utf-8"
        )
        (folder / "LayoutInference.diff").touch()
    return tmp_path


def table(project: Path, *lanes: str) -> Coverage:
    return measure(project / "goldens", lanes, root=project / "cases")


def test_a_cell_counts_cases_goldens_and_claims(project: Path) -> None:
    cell = table(project).cells["LayoutInference"]["0.1.15", "cuda:sm_90a"]
    assert (cell.changed_by, cell.goldens) == (("topic/one", "topic/two"), 2)
    assert cell.claims == ("topic/one: claim_stages", "topic/two: claim_other")


def test_occurrences_count_for_their_pass(project: Path) -> None:
    cell = table(project).cells["ThreadSync"]["0.1.11", "cuda:sm_90a"]
    assert (cell.changed_by, cell.claims) == (("topic/one",), ("topic/one: claim_stages",))


def test_gaps_name_the_pass_and_the_reason(project: Path) -> None:
    gaps = {gap.name: gap.reason for gap in table(project).gaps}
    assert gaps["LowerTileOp"] == NO_GOLDEN
    assert gaps["NestedLoopChecker"] == CHECKER
    assert gaps["s_tir.InferFragment"].startswith("for TVM's own")
    assert gaps["Simplify"] == NO_CASE
    assert "LayoutInference" not in gaps


def test_a_golden_on_one_lane_is_none_on_another(project: Path) -> None:
    folder = project / "goldens" / "0.1.15" / "cuda_sm_90a" / "topic" / "one"
    (folder / "ThreadSync.2.diff").touch()
    gaps = {gap.name: gap.reason for gap in table(project).gaps}
    assert gaps["ThreadSync"] == f"{NO_GOLDEN} on 0.1.11"
    assert "ThreadSync" not in {gap.name for gap in table(project, "0.1.15").gaps}


def test_no_case_leaves_a_pass_without_golden_or_reason() -> None:
    """The aim of the suite: what any case changes has a golden on that lane; what no case changes has its reason."""
    found = measure(goldens_root(ROOT / "cases"))
    assert [gap for gap in found.gaps if gap.reason.startswith((NO_GOLDEN, NO_CASE))] == []
    for kind in ("cuda", "metal"):
        assert [name for name in found.idle_on(kind) if name not in REASONS_ON.get(kind, {})] == []


def test_a_pass_that_another_kind_exercises_is_idle_here(project: Path) -> None:
    metal = project / "goldens" / "0.1.15" / "metal" / "topic" / "one"
    metal.mkdir(parents=True)
    (metal / "pipeline.txt").write_text("= LayoutInference\n~ LowerTileOp +1 -1\n", encoding="utf-8")
    assert "LayoutInference" in table(project).idle_on("metal")
    assert "LowerTileOp" not in table(project).idle_on("metal")
    assert table(project).idle_on("cuda") == []


def test_a_pass_that_does_not_run_has_no_cell(project: Path) -> None:
    cells = table(project).cells
    assert ("0.1.11", "cuda:sm_90a") not in cells["MaterializeKernelLaunch"]
    assert ("0.1.15", "cuda:sm_90a") in cells["MaterializeKernelLaunch"]
    assert "MetalFragmentToSimdgroup" not in cells


def test_a_lane_can_be_chosen(project: Path) -> None:
    assert table(project, "0.1.11").columns == (("0.1.11", "cuda:sm_90a"),)
    assert table(project, "0.1.10").columns == ()


def test_renderings_agree(project: Path) -> None:
    found = table(project)
    text, page, fields = render_coverage(found, Style()), coverage_page(found), coverage_json(found)
    row = next(line for line in text.splitlines() if line.startswith("LayoutInference "))
    assert row.split()[1:] == ["1/1/1", "2/2/2"]
    assert "| LayoutInference | 2/2/2 |" in page and f"- {NO_GOLDEN}: LowerTileOp" in page
    assert [cell["goldens"] for cell in fields["passes"]["LayoutInference"]] == [1, 2]
    assert {"name": "LowerTileOp", "reason": NO_GOLDEN} in fields["gaps"]


def test_coverage_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "sub" / "page.md"
    assert main(["coverage", "--target", "cuda:sm_90a", "--json", "--markdown", str(page)]) == 0
    fields = json.loads(capsys.readouterr().out)
    assert {cell["target"] for cell in fields["passes"]["LayoutInference"]} == {"cuda:sm_90a"}
    assert page.read_text(encoding="utf-8").startswith("# Coverage")


def test_coverage_of_an_unknown_lane_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--lane", "9.9.9"]) == 2
    assert "no goldens" in capsys.readouterr().err


def test_coverage_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert page == coverage_page(measure(goldens_root(ROOT / "cases"))), (
        "next: passlab coverage --markdown docs/coverage.md"
    )
