"""Every mutant is noticed, and by the right kind of finding; what upstream made is clean."""

from __future__ import annotations

import pytest

from tests.interp.mutation import thread_ampere, thread_hopper, thread_simple, tile_copies, tile_roles
from tests.interp.mutation.mutant import Mutant, kinds

MUTANTS: list[Mutant] = [
    m for module in (tile_roles, tile_copies, thread_hopper, thread_ampere, thread_simple) for m in module.MUTANTS
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_mutant_is_caught_by_the_right_kind_of_finding(mutant: Mutant) -> None:
    found = kinds(mutant.judge())
    assert found & set(mutant.caught_by), f"expected one of {mutant.caught_by}, found {sorted(found) or 'nothing'}"


@pytest.mark.parametrize("mutant", thread_simple.EQUIVALENT, ids=lambda m: m.name)
def test_equivalent_mutant_is_not_reported(mutant: Mutant) -> None:
    assert kinds(mutant.judge()) == set(), thread_simple.EQUIVALENT[mutant]


def test_there_are_at_least_sixty_mutants_with_different_names() -> None:
    assert len({m.name for m in MUTANTS}) == len(MUTANTS) >= 60
