"""The checks that read whole kernels: on stored executions they hold, and on a mutant exactly the one meant for it
fails."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from tests.lowering import LANE
from tests.passes.known_violations import KNOWN, unexpected
from tests.passes.mutants import MUTANTS, Mutant
from tl_passlab.model import Boundary, Failure, Trace
from tl_passlab.passes import PASSES

GOLDENS = Path(__file__).resolve().parent.parent.parent / "goldens" / LANE.tilelang

pytestmark = pytest.mark.skipif(not LANE.full, reason=f"no goldens are kept for lane {LANE.tilelang}")


def stored(pass_name: str, golden: str) -> tuple[str, str]:
    """The texts before and after of a stored execution: a golden holds every line of both."""
    lines = (GOLDENS / golden / f"{pass_name}.diff").read_text(encoding="utf-8").splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    return before, "".join(line[1:] for line in lines if line[0] in " +")


def failed(pass_name: str, before: str, after: str) -> list[str]:
    """The invariants that do not hold, or cannot be judged."""
    verdicts = PASSES[pass_name].verdicts(before, after)
    return [verdict.subject for verdict in verdicts if verdict.status != "pass" and verdict.reason != "no check"]


def trace(pass_name: str, before: str, after: str) -> Trace:
    boundary = Boundary(pass_name, 0, 0, None, "before", "after", 0.0)
    return Trace("pipeline/gemm", "cuda:sm_80", LANE.tilelang, {}, (boundary,), {"before": before, "after": after})


def parameters() -> list[Any]:
    return [
        pytest.param(mutant, id=f"{mutant.pass_name}-{mutant.check}-{k}".replace(" ", "_"))
        for k, mutant in enumerate(MUTANTS)
    ]


@pytest.mark.parametrize("mutant", parameters())
def test_exactly_its_check_catches_a_mutant(mutant: Mutant) -> None:
    before, after = stored(mutant.pass_name, mutant.golden)
    (name,) = [name for name in PASSES[mutant.pass_name].checks if mutant.check in name]
    assert failed(mutant.pass_name, before, after) == []
    changed = re.sub(mutant.pattern, mutant.replacement, after)
    assert changed != after, "the mutation changes nothing"
    given = re.sub(mutant.pattern, mutant.replacement, before) if mutant.both else before
    assert failed(mutant.pass_name, given, changed) == [name]


def test_a_broken_invariant_of_a_case_is_unexpected() -> None:
    mutant = next(m for m in MUTANTS if m.check == "is awaited")
    before, after = stored(mutant.pass_name, mutant.golden)
    assert unexpected(trace(mutant.pass_name, before, after)) == {}
    (name,) = unexpected(trace(mutant.pass_name, before, re.sub(mutant.pattern, mutant.replacement, after)))
    assert name == "InjectSoftwarePipeline: a committed group is awaited before its data is read"


def test_an_ir_that_cannot_be_read_is_not_taken_for_a_right_one() -> None:
    before, after = stored("InjectSoftwarePipeline", MUTANTS[0].golden)
    found = unexpected(
        trace("InjectSoftwarePipeline", before, after.replace("T.ptx_commit_group()", "T.ptx_commit_group("))
    )
    assert any("cannot be read" in line for lines in found.values() for line in lines)


def test_a_known_violation_that_is_gone_is_unexpected() -> None:
    for case, target in KNOWN:
        clean = dataclasses.replace(trace("Simplify", "", ""), case=case, target=target)
        assert {line for lines in unexpected(clean).values() for line in lines} == {"holds now: take it off the list"}


def test_a_lowering_that_fails_is_not_judged() -> None:
    mutant = next(m for m in MUTANTS if m.check == "is awaited")
    before, after = stored(mutant.pass_name, mutant.golden)
    broken = trace(mutant.pass_name, before, re.sub(mutant.pattern, mutant.replacement, after))
    assert unexpected(broken) != {}
    assert unexpected(dataclasses.replace(broken, failure=Failure("LowerTileOp", "InternalError", "no"))) == {}
