"""Kernels with one fault each must fail with the right kind of verdict; the same kernels without it must pass."""

from __future__ import annotations

import pytest

from tests.parity.judging import judge_file
from tl_passlab.parity import outcome as kinds

FAULTS = {
    "dropped K tail": {kinds.NUMERICAL},
    "off by one": {kinds.NUMERICAL},
    "one shape only": {kinds.NUMERICAL},
    "wrong scale": {kinds.NUMERICAL},
    "swapped transpose": {kinds.NUMERICAL},
    "float16 accumulation": {kinds.NUMERICAL},
    "uninitialised accumulator": {kinds.NONDETERMINISTIC, kinds.NONFINITE},
    "zeros": {kinds.NUMERICAL},
    "stale": {kinds.NUMERICAL},
    "missing barrier": {kinds.NONDETERMINISTIC},
    "unwritten tail": {kinds.UNWRITTEN},
    "returns its input": {kinds.NUMERICAL},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_gemm_with_a_fault_fails(fault: str) -> None:
    found = {judgement.kind for _, judgement in judge_file("gemm", fault)}
    assert found & FAULTS[fault]


def test_gemm_without_a_fault_passes_on_every_shape() -> None:
    judged = judge_file("gemm", "")
    assert {judgement.kind for _, judgement in judged} == {kinds.PASS}
    assert len({step.variant for step, _ in judged}) == 7


def test_one_shape_only_is_right_on_the_declared_shape_and_wrong_on_a_longer_one() -> None:
    failed = {step.variant for step, judgement in judge_file("gemm", "one shape only") if judgement.kind != kinds.PASS}
    assert failed == {"longer"}


def test_nan_on_masked_rows_shows_only_where_the_mask_is_empty() -> None:
    failed = [(step, j) for step, j in judge_file("masked_softmax", "NaN on masked rows") if j.kind != kinds.PASS]
    assert {j.kind for _, j in failed} == {kinds.NONFINITE}
    assert "mask empty" in {step.profile for step, _ in failed}
    assert {j.kind for _, j in judge_file("masked_softmax", "")} == {kinds.PASS}


def test_a_failure_says_which_tile_and_draws_a_map() -> None:
    judged = judge_file("gemm", "dropped K tail")
    difference = next(j.differences[0] for step, j in judged if step.variant == "declared")
    assert difference.worst is not None
    assert difference.worst.tile == tuple(i // 64 for i in difference.worst.index)
    assert difference.wrong > 0.9 * difference.total and "#" in difference.error_map
