"""Claims that upstream is known to break: each fails on the lanes it names, and would hold if the code were right.

The failures are strict: the day upstream mends one, the suite says so, and the case's KNOWN_BROKEN loses an entry.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.lowering import CASES, LANE, stored_pairs, trace_of
from tl_passlab.cases import load_case
from tl_passlab.lanes import LANES
from tl_passlab.model import CaseInfo, Target, Trace

# For each broken claim an edit that mends the code by hand: what to replace in the source and in the IR.
REPAIRS: dict[str, tuple[str, str]] = {
    "claim_a_barrier_between_store_and_read": (r"(simdgroup_store\(C_local\[3\].*\n)", r"\1  threadgroup_barrier();\n"),
    "claim_a_barrier_between_the_two_writes": (r"( +)(if tx < 6:\n)", r'\1T.tvm_storage_sync("shared")\n\1\2'),
    "claim_a_barrier_between_writing_and_reading": (r"\n(.*= tile\[)", r"\n  threadgroup_barrier();\n\1"),
    "claim_a_read_sees_the_iteration_before": (r"(commit\(\);)|( \^ 1)(?=\)+;\n)", r"\1 tl::cp_async_wait<0>();"),
    "claim_a_vector_is_as_wide_as_its_index_says": (r"bfloat\*", "uint4*"),
    "claim_all_threads_meet_between_store_and_product": (r"(\(uint4\*\)\(A \+.*\n)", r"\1    __syncthreads();\n"),
    "claim_as_many_arrive_as_are_counted": (r"(ready\[0\]\.init\()128", r"\g<1>256"),
    "claim_copies_stay_asynchronous": (
        r"\*\(float4\*\)\(row \+ .* = \*\(float4\*\)\(A \+ .*",
        "tl::cp_async_gs<16>(row, A); tl::cp_async_commit(); tl::cp_async_wait<0>();",
    ),
    "claim_each_thread_moves_all_of_its_elements": (r"bfloat\*", "bfloat4*"),
    "claim_every_store_is_guarded": (r"( *simdgroup_store\()", r"  if (row < 24)\n\1"),
    "claim_loads_step_by_the_pitch_of_the_copy": (r"(simdgroup_load\(A_local.*), 32, 0", r"\1, 40, 0"),
    "claim_one_index_for_clear_add_and_store": (r"\(\((i_1 \* 4)\) \+ 4\)", r"(\1)"),
    "claim_the_kernel_has_three_parameters": (
        r"float\* __restrict__ C",
        "float* __restrict__ A, float* __restrict__ B, float* __restrict__ C",
    ),
    "claim_what_may_alias_is_not_restrict": (r"__restrict ([AC])", r"\1"),
}


def broken_claims() -> list[tuple[CaseInfo, Target, str, str]]:
    """Case, target, claim and reason of every claim that is expected to fail on this lane."""
    return [
        (case, target, claim, case.reason_known_broken(claim, LANE.tilelang))
        for case, target in stored_pairs()
        for claim in case.known_broken
        if case.reason_known_broken(claim, LANE.tilelang)
    ]


def parameters(*, marked: bool) -> list[Any]:
    found = []
    for case, target, claim, reason in broken_claims():
        # Only a claim that sees the fault counts: any other exception is a claim that no longer understands the text.
        marks = [pytest.mark.xfail(strict=True, reason=reason, raises=AssertionError)] if marked else []
        found.append(pytest.param(case, target, claim, id=f"{claim}-{case.stem}-{target.slug}", marks=marks))
    return found


@pytest.mark.parametrize(("case", "target", "claim"), parameters(marked=True))
def test_known_broken_claim(case: CaseInfo, target: Target, claim: str) -> None:
    load_case(case.name).claims[claim](trace_of(case.name, target.spec))


@pytest.mark.parametrize(("case", "target", "claim"), parameters(marked=False))
def test_broken_claim_holds_of_mended_code(case: CaseInfo, target: Target, claim: str) -> None:
    load_case(case.name).claims[claim](mended(trace_of(case.name, target.spec), *REPAIRS[claim]))


def mended(trace: Trace, pattern: str, replacement: str) -> Trace:
    """The trace with an edit in its source and in each IR. Fails when there is nothing to edit."""
    source, count = re.subn(pattern, replacement, trace.source)
    texts = {key: re.sub(pattern, replacement, text) for key, text in trace.texts.items()}
    assert count or texts != trace.texts, f"the repair no longer applies: {pattern}"
    return replace(trace, source=source, texts=texts)


def test_known_broken_names_claims_and_lanes_that_exist() -> None:
    lanes = set(LANES)
    for case in CASES:
        assert set(case.known_broken) <= set(case.claims), case.name
        assert {lane for reasons in case.known_broken.values() for lane in reasons} <= lanes, case.name


def test_every_broken_claim_has_a_repair() -> None:
    assert {claim for case in CASES for claim in case.known_broken} == set(REPAIRS)
