"""The lines of a difference are followed through a place where the two lowerings are paired in another way."""

from __future__ import annotations

from tl_passlab.diff import diff_text
from tl_passlab.drift.focus import Focus, differing

HEAD = "@T.prim_func\ndef main(A: T.Buffer((64,)), B: T.Buffer((64,))):\n"
NONE = Focus(frozenset(), frozenset())


def at(before: str, after: str, focus: tuple[set[int], set[int]], kept: Focus = NONE) -> tuple[set[int], set[int]]:
    """Which lines of the focus differ between two bodies; line 3 is the first of a body."""
    texts = [HEAD + "".join(f"    {line}\n" for line in body.split(";")) for body in (before, after)]
    found = differing(diff_text(texts[0], texts[1], "tir"), Focus(*map(frozenset, focus)), kept)
    return set(found.old), set(found.new)


def test_a_changed_statement_differs_and_its_neighbour_does_not() -> None:
    bodies = "T.copy(A[0]);T.wait(0)", "T.copy(A[0]);T.wait(1)"
    assert at(*bodies, ({4}, {4})) == ({4}, {4})
    assert at(*bodies, ({3}, {3})) == (set(), set())


def test_statements_that_are_alike_do_not_differ_in_a_region_that_was_replaced_as_a_whole() -> None:
    old = "for i in range(4):;    T.gemm(A[i]);    T.wait(0);T.fence(A[1])"
    new = "T.mma(B[0]);T.wait(0);T.ldmatrix(B[4], 1, 2)"
    assert at(old, new, ({5}, {4})) == (set(), set())
    assert at(old, new, ({4}, {3})) == ({4}, {3})


def test_a_statement_that_happens_to_be_paired_with_another_is_followed_by_its_own_text() -> None:
    old, new = "T.wait(0);T.copy(A[0])", "T.wait(1);T.copy(A[0]);T.wait(0)"
    assert at(old, new, ({3}, {3})) == ({3}, {3})


def test_an_added_statement_that_both_lanes_had_is_where_one_lane_drops_it() -> None:
    same = "T.copy(A[0]);T.wait(0)"
    assert at(same, same, (set(), {4})) == (set(), set())
    # The older lane has it behind the step too: nobody dropped it, it is merely paired with another one there.
    assert at(same, same, (set(), {4}), Focus(frozenset({4}), frozenset())) == (set(), {4})


def test_a_moved_statement_differs_though_its_text_is_the_same() -> None:
    old, new = "T.wait(0);T.copy(A[0], B[0]);T.gemm(B[0])", "T.copy(A[0], B[0]);T.gemm(B[0]);T.wait(0)"
    assert at(old, new, ({3}, {5})) == ({3}, {5})
