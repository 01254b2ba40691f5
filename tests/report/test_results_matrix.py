"""The matrix: one cell for each case, target and runner, named after the worst that happened there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tl_passlab.history.record import EXPECTED, FAILED, PASSED, SKIPPED, Record, Run
from tl_passlab.history.standing import Standing
from tl_passlab.report.results_matrix import Cell, Matrix, matrix_of
from tl_passlab.report.results_view import MARKS, STATUSES, view_of


def matrix(records: Sequence[Record], standing: Standing | None = None) -> Matrix:
    return matrix_of(view_of(Run("r", "", "", tests=tuple(records)), standing))


def cell(*outcomes: tuple[str, str], standing: Standing | None = None) -> Cell:
    records = [Record(f"t{n}", "goldens", o, "case", "metal", verdict=v) for n, (o, v) in enumerate(outcomes)]
    ((_, (found,)),) = matrix(records, standing).rows
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("outcomes", "shown"),
    [
        ([(PASSED, ""), (PASSED, "")], "✓ 2"),
        ([(PASSED, ""), (FAILED, "hang"), (SKIPPED, "")], "✗ hang 1/2"),
        ([(FAILED, "hang"), (FAILED, "shape"), (FAILED, "dtype"), (PASSED, "")], "✗ hang, shape 3/4"),
        ([(FAILED, "")], "✗ failed"),
        ([(SKIPPED, ""), (SKIPPED, "")], "– 2"),
        ([(PASSED, ""), (SKIPPED, "")], "✓ 1"),
        ([(PASSED, ""), (EXPECTED, "")], "○ 2"),
    ],
)
def test_a_cell_is_named_after_its_worst_test(outcomes: list[tuple[str, str]], shown: str) -> None:
    found = cell(*outcomes)
    assert f"{found.mark} {found.text}" == shown


def test_a_new_failure_is_worse_than_a_known_one_and_the_cell_leads_to_it() -> None:
    found = cell((FAILED, "a"), (FAILED, "b"), (PASSED, ""), standing=Standing(known=("t0",), new=("t1",)))
    assert (found.status, found.link, found.text) == ("new", "#test=t1", "b, a 2/3")
    assert found.says == "1 new failure, 1 known failure, 1 passed"


def test_statuses_of_one_run_are_told_apart_without_colours() -> None:
    # A failure without a history never stands beside a new one.
    marks = [mark for status, mark in MARKS.items() if status != FAILED]
    assert len(set(marks)) == len(marks) == len(STATUSES) - 1


def test_columns_are_targets_with_their_runners_or_kinds() -> None:
    records = [
        Record("a", "parity", PASSED, "x", "cuda:sm_90a", "cuda"),
        Record("b", "goldens", PASSED, "x", "cuda:sm_90a"),
        Record("c", "goldens", PASSED, "y", "metal"),
        Record("d", "tests", PASSED),
    ]
    found = matrix(records)
    assert found.targets == (("cuda:sm_90a", 2), ("metal", 1)) and found.runners == ("cuda", "goldens", "goldens")
    assert [(case, [c is not None for c in cells]) for case, cells in found.rows] == [
        *(("x", [True, True, False]), ("y", [False, False, True])),
    ]
