"""The invariants that wrappers can check: each catches its mutant and lets a right execution pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lowering import trace_of
from tests.passes.check_examples import EXAMPLES, Example
from tests.passes.mutants import MUTANTS, Mutant
from tl_passlab.passes import PASSES


def example_id(example: Example) -> str:
    return f"{example.pass_name}-{example.check}".replace(" ", "_")


@pytest.mark.parametrize("example", EXAMPLES, ids=example_id)
def test_check_catches_its_mutant_and_passes_the_clean_execution(example: Example) -> None:
    checks = PASSES[example.pass_name].checks
    (name,) = [name for name in checks if example.check in name]
    assert checks[name](example.before, example.right) == []
    assert checks[name](example.before, example.wrong) != []


def test_every_check_has_an_example() -> None:
    examples: list[Example | Mutant] = [*EXAMPLES, *MUTANTS]
    shown = {(e.pass_name, name) for e in examples for name in PASSES[e.pass_name].checks if e.check in name}
    assert shown == {(spec.name, name) for spec in PASSES.values() for name in spec.checks}


def test_every_check_is_an_invariant_that_the_wrapper_states() -> None:
    vague = [spec.name for spec in PASSES.values() if len(spec.checks) > len(spec.invariants)]
    assert vague == ["LowerTileOp"], "gather4 is a part of LowerTileOp with invariants of its own"


def test_every_invariant_that_a_wrapper_states_is_checked() -> None:
    assert {spec.name: left for spec in PASSES.values() if (left := set(spec.invariants) - set(spec.checks))} == {}


def test_documentation_lists_every_check() -> None:
    text = (Path(__file__).resolve().parent.parent.parent / "docs" / "invariants.md").read_text(encoding="utf-8")
    listed = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert listed == [f"| {name} | {'; '.join(spec.checks)} |" for name, spec in PASSES.items() if spec.checks]


@pytest.mark.parametrize("target", ["cuda:sm_80", "cuda:sm_90a", "metal"])
def test_checks_hold_on_a_pipelined_gemm(target: str) -> None:
    trace = trace_of("pipeline/gemm_pipelined", target)
    found = {
        boundary.name: spec.violations(trace.texts[boundary.before], trace.texts[boundary.after])
        for boundary in trace.pipeline()
        if (spec := PASSES.get(boundary.pass_name)) is not None
    }
    assert {name: violations for name, violations in found.items() if violations} == {}
    checked = [b for b in trace.pipeline() if b.changed and PASSES[b.pass_name].checks]
    assert len(checked) >= 3
