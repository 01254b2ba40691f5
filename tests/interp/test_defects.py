"""The defects that `docs/findings` describes are found from the user's kernel, and blamed on the right pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interp import defects
from tests.lowering import LANE
from tl_passlab.cases import load_case
from tl_passlab.interp.check import DIFFERS, CheckResult, check
from tl_passlab.model import Case, CaseInfo
from tl_passlab.targets import parse_target

NO_TMA = {"tl.disable_tma_lower": True}


def checked(kernel: Callable[..., Any], spec: str, configs: dict[str, Any] | None = None, **sizes: Any) -> CheckResult:
    info = CaseInfo(kernel.__name__, Path(kernel.__name__), "", (), (), sizes)
    return check(Case(info, kernel, pass_configs=configs or {}), parse_target(spec), stop=True)


@pytest.mark.parametrize(
    ("kernel", "spec", "configs", "guilty", "kind"),
    [
        (defects.two_consumers_one_operand, "cuda:sm_90a", NO_TMA, "ThreadSync.2", "race"),
        (defects.read_then_overwritten, "cuda:sm_80", None, "InjectSoftwarePipeline", "race"),
        (defects.read_then_overwritten, "cuda:sm_90a", None, "ProducerConsumerWarpSpecialized", "race"),
        (defects.filled_after_copy, "cuda:sm_80", None, "ThreadSync.2", "race"),
        (defects.barrier_of_one_branch, "cuda:sm_80", None, "ThreadSync.2", "race"),
        (defects.barrier_of_one_branch, "metal", None, "ThreadSync.2", "race"),
        (defects.published_by_one_thread, "cuda:sm_90a", None, "ThreadSync.2", "race"),
        (defects.gathered_index, "cuda:sm_80", None, "LegalizeSafeMemoryAccess", "out-of-bounds"),
        (defects.gathered_index, "cuda:sm_90a", None, "LegalizeSafeMemoryAccess", "out-of-bounds"),
    ],
)
def test_defect_is_blamed_on_the_pass_that_makes_it(
    kernel: Callable[..., Any], spec: str, configs: dict[str, Any] | None, guilty: str, kind: str
) -> None:
    first = checked(kernel, spec, configs).first_failure
    assert first is not None
    assert first.name == guilty
    assert kind in {f.kind for f in first.findings}


def test_race_finding_names_the_store_and_the_matrix_instruction() -> None:
    first = checked(defects.two_consumers_one_operand, "cuda:sm_90a", NO_TMA).first_failure
    assert first is not None
    overwritten = next(f for f in first.findings if "overwritten" in f.message)
    assert "A_shared" in overwritten.message
    assert "ptx_wgmma_ss" in overwritten.statements[0] and "A_shared" in overwritten.statements[1]


def test_one_iteration_hides_the_race_between_iterations() -> None:
    assert checked(defects.two_consumers_one_operand, "cuda:sm_90a", NO_TMA, K=64).first_failure is None


@pytest.mark.parametrize(
    ("kernel", "kind"),
    [(defects.bulk_load_of_a_whole_tensor, "deadlock"), (defects.bulk_store_of_whole_rows, "out-of-bounds")],
)
def test_bulk_copies_go_wrong_up_to_0_1_12(kernel: Callable[..., Any], kind: str) -> None:
    result = checked(kernel, "cuda:sm_90a")
    if LANE.tilelang not in ("0.1.11", "0.1.12"):
        assert result.ok
        return
    first = result.first_failure
    assert first is not None
    assert (first.name, first.verdict, {f.kind for f in first.findings}) == ("LowerTileOp", DIFFERS, {kind})


def test_a_replicated_reducer_counts_twice_up_to_0_1_13() -> None:
    result = checked(defects.replicated_reducer, "cuda:sm_80")
    first = result.first_failure
    if LANE.tilelang not in ("0.1.11", "0.1.12", "0.1.13"):
        assert result.ok
        return
    assert first is not None
    assert (first.name, first.verdict, first.error) == ("LowerTileOp", DIFFERS, 1.0)


def test_persistent_tiles_are_left_out_before_any_pass_on_0_1_11() -> None:
    result = check(load_case("persistent/persistent_tiles"), parse_target("cuda:sm_90a"), {"tiles": 9})
    assert result.first_failure is None
    assert result.reference_ok == (LANE.tilelang != "0.1.11")


@pytest.mark.parametrize(
    ("kernel", "spec", "sizes"),
    [
        (defects.barrier_before_an_if_alone, "cuda:sm_80", {}),
        (defects.published_by_one_thread, "cuda:sm_90a", {"K": 48}),
        (defects.published_by_one_thread, "cuda:sm_90a", {"scope": "shared.dyn"}),
        (defects.gathered_index, "cuda:sm_80", {"num_stages": 0}),
        (defects.gathered_index, "cuda:sm_80", {"N": 64}),
        (defects.gathered_index, "metal", {}),
    ],
)
def test_what_differs_from_a_defect_by_little_is_right(
    kernel: Callable[..., Any], spec: str, sizes: dict[str, Any]
) -> None:
    assert checked(kernel, spec, **sizes).ok
