"""FileCheck comments: those of every case hold on every target they are for; malformed and dead ones are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lowering import CASES, stored_pairs, trace_of
from tests.review.synthetic import TARGET, lower
from tl_passlab.checks import read_blocks, run_checks
from tl_passlab.errors import UsageError
from tl_passlab.model import CaseInfo, Target

HEAD = '"""A case."""\n\nTARGETS = ["cuda:sm_80", "metal"]\n'


def case_with(tmp_path: Path, *comments: str) -> CaseInfo:
    path = tmp_path / "idea.py"
    path.write_text(HEAD + "".join(f"# {comment}\n" for comment in comments) + "\n\ndef kernel(): ...\n")
    return CaseInfo("topic/idea", path, "", ("cuda:sm_80", "metal"), (), {})


def filecheck_parameters() -> list[Any]:
    pairs = [(case, target) for case, target in stored_pairs() if "CHECK" in case.path.read_text(encoding="utf-8")]
    return [pytest.param(case, target, id=f"{case.stem}-{target.slug}") for case, target in pairs]


@pytest.mark.parametrize(("case", "target"), filecheck_parameters())
def test_filecheck(case: CaseInfo, target: Target) -> None:
    results = run_checks(read_blocks(case), trace_of(case.name, target.spec))
    assert {name: why for name, why in results.items() if why} == {}


def test_directives_of_every_case_are_well_formed() -> None:
    for case in CASES:
        read_blocks(case)


@pytest.mark.parametrize(
    ("comments", "why"),
    [
        (["CHEKC-AFTER(ThreadSync): x"], "it is no directive"),
        (["CHECK-AFTER(ThreadSync): x", "CHECK_NOT: y"], "it is no directive"),
        (["CHECK-AFTER(ThreadSync): x", "CHECK-NXT: y"], "it is no directive"),
        (["CHECK-AFTER(ThreadSync): x", "CHECKNOT: y"], "it is no directive"),
        (["CHECK-AFTER(ThreadSync): x", "CHECK NOT: y"], "it is no directive"),
        (["CHECK-AFTER(ThreadSync): x", "check-not: y"], "it is no directive"),
        (["CHECK-AFTER(ThreadSync): x", "CEHCK: y"], "it is no directive"),
        (["CHECK-AFTER(ThreadSync): x", "CHECK-NOT y"], "the colon is missing"),
        (["CHECK-AFTER(ThreadSync) x"], "the colon is missing"),
        (["CHECK-AFTER(ThreadSync): x", "SM90-NEXT: y"], "no run uses the prefix SM90"),
        (["CHECK: x"], "no CHECK-AFTER"),
        (["CHECK-AFTER: x"], "expected CHECK-AFTER"),
        (["CHECK-AFTER(ThreadSink): x"], "unknown pass ThreadSink"),
        (["CHECK-AFTER(ThreadSync, cuda:sm_90a): x"], "no target of the case runs it"),
        (["CHECK-AFTER(ThreadSync, cuda, x): x"], "expected CHECK-AFTER"),
        (["CHECK-AFTER(ThreadSync):"], "begins a block that checks nothing"),
        (["CHECK-AFTER(ThreadSync): x", "CHECK-NOT:"], "it has no pattern"),
        (["CHECK-AFTER(ThreadSync): {{.*}}"], "matches anything"),
        (["CHECK-AFTER(ThreadSync): x", "CHECK-NEXT: {{.+}}"], "matches anything"),
        (["CHECK-AFTER(ThreadSync): x", "CHECK-SAME: [[NAME:.*]]"], "matches anything"),
        (["CHECK-AFTER(ThreadSync): x", "CHECK-EMPTY: x"], "takes no pattern"),
        (["CHECK-AFTER(ThreadSync):", "CHECK-NEXT: x"], "follows no match"),
        (["CHECK-AFTER(ThreadSync): {{(}}"], "not a regular expression"),
    ],
)
def test_directive_that_checks_nothing_is_refused(comments: list[str], why: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        read_blocks(case_with(tmp_path, *comments))
    assert caught.value.where == f"idea.py:{3 + len(comments)}"


@pytest.mark.parametrize(
    "comment",
    [
        "Check the bounds first",
        "TODO: more",
        "M, N: sizes",
        "checks the size",
        "NOTE: CHECK is below",
        "x = 1  # CHECK",
    ],
)
def test_ordinary_comment_is_left_alone(comment: str, tmp_path: Path) -> None:
    assert read_blocks(case_with(tmp_path, comment)) == []


def test_directive_inside_a_string_is_none(tmp_path: Path) -> None:
    case = case_with(tmp_path)
    case.path.write_text(case.path.read_text() + 'TEXT = """\n# CHEKC: x\n"""\n')
    assert read_blocks(case) == []


@pytest.mark.parametrize(
    ("comments", "holds"),
    [
        (["CHECK-AFTER(ThreadSync): T.tvm_storage_sync", "CHECK-NEXT: T.ptx_mma"], True),
        (["CHECK-AFTER(ThreadSync): T.ptx_mma", "CHECK-NEXT: T.tvm_storage_sync"], False),
        (["CHECK-BEFORE(ThreadSync):", "CHECK-NOT: T.tvm_storage_sync"], True),
        (["CHECK-AFTER(ThreadSync):", "CHECK-NOT: T.tvm_storage_sync"], False),
        (["CHECK-AFTER(LowerTileOp): {{for i in T.vectorized\\(8\\)}}", "CHECK: ptx_wait_group([[N:[0-9]+]])"], True),
        (["CHECK-SOURCE(cuda): tl::ptx_mma("], True),
        (["CHECK-SOURCE(cuda):", "CHECK-COUNT-2: tl::ptx_mma("], False),
        (["CHECK-AFTER(LayoutInference): no such text"], False),
    ],
)
def test_checks_hold_or_fail_as_the_ir_says(comments: list[str], holds: bool, tmp_path: Path) -> None:
    results = run_checks(read_blocks(case_with(tmp_path, *comments)), lower(0))
    assert [not why for why in results.values()] == [holds]


def test_block_for_another_target_does_not_run(tmp_path: Path) -> None:
    blocks = read_blocks(case_with(tmp_path, "CHECK-AFTER(ThreadSync, metal): x"))
    assert TARGET.spec == "cuda:sm_80" and run_checks(blocks, lower(0)) == {}


def test_pass_that_does_not_run_fails_its_block(tmp_path: Path) -> None:
    blocks = read_blocks(case_with(tmp_path, "CHECK-AFTER(MetalFragmentToSimdgroup): x", "CHECK-NOT: y"))
    assert list(run_checks(blocks, lower(0)).values()) == ["MetalFragmentToSimdgroup did not run"]


def test_failure_names_the_line_of_the_case(tmp_path: Path) -> None:
    blocks = read_blocks(case_with(tmp_path, "CHECK-AFTER(ThreadSync): T.ptx_mma", "CHECK-NEXT: T.nothing"))
    (why,) = run_checks(blocks, lower(0)).values()
    assert why.startswith("line:5: error:") and "T.nothing" in why
