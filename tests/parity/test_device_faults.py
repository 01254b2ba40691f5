"""The seeded faults as TileLang kernels on a device: each fails, and the same kernels without a fault pass."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tl_passlab.model import Target
from tl_passlab.parity import outcome as kinds
from tl_passlab.parity.loading import find_case
from tl_passlab.parity.outcome import Outcome
from tl_passlab.parity.plan import Choice, steps
from tl_passlab.parity.render import failure_text
from tl_passlab.parity.runners import RUNNER_OF_KIND
from tl_passlab.parity.session import Job, run_job
from tl_passlab.targets import parse_target

KERNELS = Path(__file__).parent / "kernels"
# The kind of verdict each fault must lead to; any of them where hardware decides.
FAULTS = {
    "dropped K tail": {kinds.NUMERICAL},
    # On sm_90a TMA refuses the odd column: see docs/findings/device-tma-unaligned-column.md.
    "off by one": {kinds.NUMERICAL, kinds.RUNTIME_ERROR},
    "one shape only": {kinds.NUMERICAL},
    "wrong scale": {kinds.NUMERICAL},
    "swapped transpose": {kinds.NUMERICAL},
    "float16 accumulation": {kinds.NUMERICAL},
    "uninitialised accumulator": {kinds.NONDETERMINISTIC, kinds.NONFINITE},
    "zeros": {kinds.NUMERICAL},
    "stale": {kinds.UNWRITTEN},
    "unwritten tail": {kinds.UNWRITTEN},
    "returns its input": {kinds.NUMERICAL},
}
TARGETS = ("cuda:sm_80", "cuda:sm_90a")
ON = [pytest.param(parse_target(spec), id=spec, marks=pytest.mark.device(spec)) for spec in TARGETS]


def outcomes(name: str, target: Target, fault: str | None) -> list[Outcome]:
    case = find_case(str(KERNELS / f"{name}.py"))
    chosen = steps(case, Choice())
    if fault is not None:
        chosen = [dataclasses.replace(step, sizes={**step.sizes, "fault": fault}) for step in chosen]
    return list(run_job(Job(case.name, target, RUNNER_OF_KIND[target.kind], tuple(chosen))))


@pytest.mark.parametrize("target", ON)
@pytest.mark.parametrize("fault", FAULTS)
def test_gemm_with_a_fault_fails(fault: str, target: Target) -> None:
    found = outcomes("gemm", target, fault)
    assert {o.kind for o in found} & FAULTS[fault], "\n".join(f"{o.step.variant} {o.kind} {o.reason}" for o in found)


@pytest.mark.parametrize("target", ON)
def test_nan_on_masked_rows_fails(target: Target) -> None:
    found = outcomes("masked_softmax", target, "NaN on masked rows")
    assert kinds.NONFINITE in {o.kind for o in found if o.step.profile == "mask empty"}, found


@pytest.mark.parametrize("target", ON)
def test_missing_barrier_fails(target: Target) -> None:
    found = outcomes("transpose_without_barrier", target, None)
    assert {o.kind for o in found} & {kinds.NONDETERMINISTIC, kinds.NUMERICAL, kinds.NONFINITE}, found


@pytest.mark.parametrize("target", ON)
@pytest.mark.parametrize("name", ["gemm", "masked_softmax"])
def test_the_same_kernels_without_a_fault_pass(name: str, target: Target) -> None:
    found = outcomes(name, target, "")
    assert found and not any(o.failed for o in found), "\n".join(failure_text(o) for o in found if o.failed)
