"""Every case on every target it lowers for: executed at every distinct boundary, each must mean what the kernel means.

The default run uses small sizes and the schedules eager and late; `-m slow` adds random schedules, the cases' own
sizes, and shapes around the tile edges. A failure prints the command that shows it again.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from tests.edges import TOGETHER, Edge, edges, explanation, refusal, together, with_profile
from tests.lowering import CASES, LANE
from tl_passlab.history.adapters import blame_command
from tl_passlab.interp.check import CheckResult, check
from tl_passlab.interp.report import render_check
from tl_passlab.interp.store import check_data
from tl_passlab.model import Case, CaseInfo, Target
from tl_passlab.parity.shapes import dimensions
from tl_passlab.report.executed import semantics_line
from tl_passlab.targets import parse_target

EXECUTED = ("cuda:sm_80", "cuda:sm_90a", "metal", "c")
ONLY_WHERE_STORED = ("c",)  # written for cases that have goldens there; the others are of kernels for GPUs
ONE_BLOCK = {"M": 64, "N": 64, "heads": 1, "seq": 128, "S": 2}
RANDOM_SCHEDULES = 8
FIXED_SCHEDULES = 2  # eager and late
PASSED_OVER = {"refused", "not lowered", "wrong before any pass"}

# What upstream does wrong on a case and target, on every lane: the first boundary that fails.
KNOWN_DEFECTS: Mapping[tuple[str, str], str] = {
    ("swizzled_layout", "metal"): "LowerTileOp",  # copies obey the annotated layout, simdgroup_load does not
    ("padded_layout", "metal"): "LowerTileOp",
}

# Of the regression corpus, what is wrong in the IR (the rest is performance, or wrong only in the generated source).
WRONG_CODE: Mapping[tuple[str, str], str] = {
    ("annotated_layout_on_metal", "metal"): "LowerTileOp",
    ("arrivals_of_added_threads", "cuda:sm_90a"): "ProducerConsumerWarpSpecialized",
    ("operand_shared_by_two_groups", "cuda:sm_80"): "ThreadSync.2",
    ("operand_shared_by_two_groups", "cuda:sm_90a"): "ThreadSync.2",
    ("operand_shared_by_two_groups", "metal"): "LowerTileOp",
    ("partial_fill", "cuda:sm_80"): "ThreadSync.2",
    ("partial_fill", "cuda:sm_90a"): "ThreadSync.2",
    ("partial_fill", "metal"): "ThreadSync.2",
    ("ragged_store_on_metal", "metal"): "LowerTileOp",
    ("read_then_overwrite", "cuda:sm_80"): "InjectSoftwarePipeline",
    ("read_then_overwrite", "cuda:sm_90a"): "ProducerConsumerWarpSpecialized",
    ("simdgroup_store_then_read", "metal"): "ThreadSync.2",
}
WRONG_CODE_BY_LANE: Mapping[str, Mapping[tuple[str, str], str]] = {
    # The consumers' thread offset is taken into the register index; mended by 0.1.15.
    "0.1.11": {
        ("consumer_registers", "cuda:sm_90a"): "LowerTileOp",
        ("guarded_copies", "cuda:sm_90a"): "LowerTileOp",
    }
}


def runs_here(case: CaseInfo, target: Target) -> bool:
    return not (
        (target.spec in ONLY_WHERE_STORED and target.spec not in case.targets)
        or case.reason_not_on(target, LANE.tilelang)
        or case.rejected_on(target, LANE.tilelang)
        or (case.lanes and LANE.tilelang not in case.lanes)
    )


def is_own(case: CaseInfo, target: Target) -> bool:
    """Whether a case stores goldens for a target (sm_90a where it stores none); the others run with the slow tests."""
    return target.spec in ([spec for spec in case.targets if spec in EXECUTED] or ["cuda:sm_90a"])


def parameter(case: CaseInfo, target: Target) -> Any:
    marks = [] if is_own(case, target) else [pytest.mark.slow]
    return pytest.param(case, target, id=f"{case.stem}-{target.slug}", marks=marks)


def pairs() -> list[Any]:
    """Every case with every executed target."""
    found = []
    for case in CASES:
        for target in map(parse_target, EXECUTED):
            if case.topic not in ("reject", "regressions") and runs_here(case, target):
                found.append(parameter(case, target))
    return found


def regressions() -> list[Any]:
    """The corpus of upstream's wrong code, on every executed target."""
    return [
        pytest.param(
            case, target, id=f"{case.stem}-{target.slug}", marks=() if is_own(case, target) else pytest.mark.slow
        )
        for case in CASES
        for target in map(parse_target, EXECUTED)
        if case.topic == "regressions" and runs_here(case, target)
    ]


def small(case: CaseInfo) -> dict[str, int]:
    """The sizes of a case, cut to one thread block where the names say what they count."""
    return {name: min(size, ONE_BLOCK.get(name, size)) for name, size in case.sizes.items()}


@functools.cache
def loaded(name: str) -> Any:
    from tl_passlab.cases import load_case

    return load_case(name)


def told(result: CheckResult, sizes: Mapping[str, Any]) -> str:
    """What is wrong in a line, the whole table, and the command that shows it again."""
    data = check_data(result)
    command = blame_command(result.case, result.target, sizes, result.seed, len(result.schedules) - FIXED_SCHEDULES)
    return f"\n{semantics_line(data)}\n{render_check(data)}\nreproduce: {command}"


def require_same_meaning(result: CheckResult, sizes: Mapping[str, Any]) -> None:
    """Fail with the whole table and the command that reproduces it; a known defect must be found where it is made."""
    known = KNOWN_DEFECTS.get((result.case.rpartition("/")[2], result.target))
    if known:
        assert result.first_failure is not None, f"{known} no longer breaks {result.case}: remove it from KNOWN_DEFECTS"
        assert result.first_failure.name == known, told(result, sizes)
        return
    assert result.ok, told(result, sizes)


@pytest.mark.parametrize(("case", "target"), pairs())
def test_semantics(case: CaseInfo, target: Target) -> None:
    require_same_meaning(check(loaded(case.name), target, small(case)), small(case))


@pytest.mark.parametrize(("case", "target"), regressions())
def test_regression_is_blamed_on_the_pass_that_makes_it(case: CaseInfo, target: Target) -> None:
    result = check(loaded(case.name), target, stop=True)
    guilty = {**WRONG_CODE, **WRONG_CODE_BY_LANE.get(LANE.tilelang, {})}.get((case.stem, target.spec))
    first = result.first_failure
    assert (first.name if first else None) == guilty, f"\n{render_check(check_data(result))}"


@pytest.mark.slow
@pytest.mark.parametrize(("case", "target"), pairs())
def test_semantics_under_random_schedules(case: CaseInfo, target: Target) -> None:
    result = check(loaded(case.name), target, {}, seed=1, random_schedules=RANDOM_SCHEDULES)
    if explanation(result) != {"ragged_store_on_metal"}:
        require_same_meaning(result, {})


def at_edge(case: Case, target: Target, edge: Edge, random_schedules: int = 0) -> tuple[str, str]:
    """What becomes of a case at an edge, in a word or the page that explains it; and the report when that is wrong.

    A kernel that upstream does not build or lower there, or whose own IR is wrong, is passed over. A crash of the
    interpreter is not.
    """
    run = with_profile(case, edge.profile)
    if refusal(run, target, edge.sizes):
        return "refused", ""
    result = check(run, target, edge.sizes, random_schedules=random_schedules)
    if result.error:
        return "not lowered", ""
    if result.results[0].failed or not result.reference_ok:
        return "wrong before any pass", ""
    known = KNOWN_DEFECTS.get((case.info.stem, target.spec))
    if result.ok:
        return "right", ""
    if known and result.first_failure is not None and result.first_failure.name == known:
        return known, ""
    pages = explanation(result) if not result.unsupported() else None
    return (", ".join(sorted(pages)), "") if pages else ("wrong", f"{edge.label}: {told(result, edge.sizes)}")


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("case", "target"), pairs())
def test_semantics_at_tile_edges(case: CaseInfo, target: Target, record_property: Any) -> None:
    """Random schedules too where every dimension moves at once."""
    found = {
        edge.label: at_edge(loaded(case.name), target, edge, RANDOM_SCHEDULES if edge.label in TOGETHER else 0)
        for edge in edges(loaded(case.name), small(case))
    }
    counts = Counter(verdict for verdict, _ in found.values())
    for verdict, count in counts.items():
        record_property(verdict, count)
    assert not counts["wrong"], "\n".join(report for _, report in found.values() if report)
    if not set(counts) - PASSED_OVER:
        pytest.skip("the kernel supports none of these shapes")


def tails() -> list[Any]:
    """Each case with a kernel of its own that takes parts of tiles: every dimension one short of its tile."""
    return [
        pytest.param(*pair.values, edge, id=pair.id)
        for pair in pairs()
        for edge in together(pair.values[0], small(pair.values[0]))
        if edge.label == "tile-1" and not pair.marks
        if "def kernel(" in pair.values[0].path.read_text(encoding="utf-8")
        if any(dimension.ragged for dimension in dimensions(pair.values[0]).values())
    ]


@pytest.mark.parametrize(("case", "target", "edge"), tails())
def test_semantics_of_a_ragged_tail(case: CaseInfo, target: Target, edge: Edge) -> None:
    verdict, report = at_edge(loaded(case.name), target, edge)
    assert verdict not in ("wrong", *PASSED_OVER), report or verdict


def test_semantics_finds_a_kernel_that_disagrees_with_its_reference() -> None:
    from dataclasses import replace

    case = loaded("elementwise/add")
    wrong = replace(case, reference=lambda **inputs: {n: v * 2 for n, v in case.reference(**inputs).items()})
    sizes = {"M": 8, "N": 8}
    with pytest.raises(AssertionError, match="disagrees with its reference") as error:
        require_same_meaning(check(wrong, parse_target("cuda:sm_80"), sizes), sizes)
    assert "reproduce: passlab blame elementwise/add --target cuda:sm_80 --set M=8 --set N=8" in str(error.value)
