"""The defects that `docs/findings` describes are found from the user's kernel, and blamed on the right pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interp import defects
from tl_passlab.interp.check import CheckResult, check
from tl_passlab.model import Case, CaseInfo
from tl_passlab.targets import parse_target

NO_TMA = {"tl.disable_tma_lower": True}


def checked(kernel: Callable[..., Any], spec: str, configs: dict[str, Any] | None = None, **sizes: int) -> CheckResult:
    info = CaseInfo(kernel.__name__, Path(kernel.__name__), "", (), (), sizes)
    return check(Case(info, kernel, pass_configs=configs or {}), parse_target(spec), stop=True)


@pytest.mark.parametrize(
    ("kernel", "spec", "configs", "guilty", "kind"),
    [
        (defects.two_consumers_one_operand, "cuda:sm_90a", NO_TMA, "ThreadSync.2", "race"),
        (defects.read_then_overwritten, "cuda:sm_80", None, "InjectSoftwarePipeline", "race"),
        (defects.read_then_overwritten, "cuda:sm_90a", None, "ProducerConsumerWarpSpecialized", "race"),
        (defects.filled_after_copy, "cuda:sm_80", None, "ThreadSync.2", "race"),
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
