"""The edges of a case are those of its tiles; a known defect explains what it makes and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests import test_semantics
from tests.edges import CRASHES_UPSTREAM, KNOWN, Edge, edges, explanation, refusal
from tests.interp import defects
from tests.interp.test_defects import checked
from tests.lowering import LANE
from tl_passlab.cases import load_case
from tl_passlab.interp.check import DIFFERS, BoundaryResult, CheckResult
from tl_passlab.interp.findings import Finding
from tl_passlab.targets import parse_target

HOPPER = parse_target("cuda:sm_90a")


def labels(name: str) -> set[str]:
    case = load_case(name)
    return {edge.label for edge in edges(case, test_semantics.small(case.info))}


def test_every_dimension_stands_on_both_sides_of_its_tile() -> None:
    found = labels("pipeline/gemm_pipelined")
    assert found >= {"M=0", "M=1", "M=63", "M=65", "M=37", "K=0", "K=31", "K=32", "K=33", "K=255", "K=257"}
    assert found >= {"one", "tile-1", "tile+1", "primes"} and "M=64" not in found


def test_a_dimension_of_whole_tiles_stays_a_multiple_of_them() -> None:
    found = labels("sparse/block_sparse_gemm")
    assert found >= {"K=0", "K=32", "K=96", "mask empty", "mask full"} and "K=33" not in found


@pytest.mark.parametrize(("name", "label"), sorted(CRASHES_UPSTREAM))
def test_a_shape_that_crashes_upstream_is_left_out_where_it_does(name: str, label: str) -> None:
    assert (label not in labels(name)) == (LANE.tilelang in CRASHES_UPSTREAM[name, label])


def test_a_kernel_that_cannot_be_built_or_fed_is_refused() -> None:
    assert refusal(load_case("dynamic/any_length"), HOPPER, {"tile": 1})
    assert "declares (64)" in refusal(
        load_case("pipeline/mixed_tma_cp_async"), HOPPER, {"M": 64, "N": 64, "K": 32, "num_rows": 1}
    )
    assert not refusal(load_case("elementwise/add"), parse_target("cuda:sm_80"), {"M": 1, "N": 1})


def test_a_crash_of_the_interpreter_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> CheckResult:
        raise IndexError("ours")

    monkeypatch.setattr(test_semantics, "check", crash)
    with pytest.raises(IndexError, match="ours"):
        test_semantics.at_edge(load_case("elementwise/add"), parse_target("cuda:sm_80"), Edge("", {"M": 1, "N": 1}))


def test_a_defect_that_is_not_of_shapes_stays_unexplained() -> None:
    result = checked(defects.filled_after_copy, "cuda:sm_80")
    assert result.first_failure is not None and explanation(result) is None


def fenced(name: str = "ThreadSync.2", verdict: str = "exact") -> CheckResult:
    finding = Finding("fence", "", ("A[0] = 0", "T.ptx_wgmma_ss(A)"), (), ())
    boundary = BoundaryResult(name, 0, verdict, findings=(finding,))
    return CheckResult("case", "cuda:sm_90a", 0, True, 0.0, [boundary])


def test_a_known_defect_is_looked_for_where_it_first_shows() -> None:
    assert explanation(fenced()) == {"fence_after_arrive"}
    assert explanation(fenced("LowerTileOp")) is None
    later = fenced()
    later.results.append(replace(later.results[0], name="LowerIntrin"))
    assert explanation(later) == {"fence_after_arrive"}


def test_a_missing_fence_does_not_explain_wrong_values() -> None:
    assert explanation(fenced(verdict=DIFFERS)) is None


def test_values_alone_are_explained_by_a_defect_that_shows_in_nothing_else() -> None:
    result = replace(fenced(verdict=DIFFERS), case="reducer/replicated_row_sum", target="cuda:sm_80")
    result.results = [replace(result.results[0], name="LowerTileOp", findings=())]
    assert explanation(result) == ({"replicated_reducer"} if LANE.tilelang == "0.1.11" else None)


def test_every_known_defect_has_its_page_or_its_case() -> None:
    root = test_semantics.CASES[0].path.parent.parent.parent
    for known in KNOWN:
        page, case = root / f"docs/findings/{known.page}.md", root / f"cases/regressions/{known.page}.py"
        assert page.is_file() or case.is_file(), known.page
