"""What must hold for any rename, any attribute order and any broken token, on real dumps."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.diff.labelled import CUDA, CUDA80, HIP, LAYOUT, METAL, SYNC, TILE, WS, read
from tests.diff.mutate import broken, renamed, shuffled_attributes, tree_of
from tl_passlab.diff import COSMETIC, diff_text

TIR = (
    WS,
    LAYOUT,
    TILE,
    SYNC,
    "gemm_sm_90a_LowerSharedBarrier.after.tir",
    "gemm_sm_80_InjectSoftwarePipeline.after.tir",
)
SOURCES = ((CUDA, "cuda"), (CUDA80, "cuda"), (METAL, "metal"), (HIP, "hip"))
EVERY = tuple((name, "tir") for name in TIR) + SOURCES
SOME = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(SOME, max_examples=1_500)
SEEDS = st.integers(0, 2**32)


def check_rename(name: str, language: str, seed: int) -> None:
    """A consistent rename of any definitions is renamed and nothing else, in both directions."""
    before = read(name)
    after = renamed(before, language, random.Random(seed))
    for old, new in ((before, after), (after, before)):
        assert set(diff_text(old, new, language).counts) <= {"renamed"}


def check_broken(name: str, seed: int) -> None:
    """One token with another meaning is never cosmetic, alone or together with renames and reordered attributes."""
    chance = random.Random(seed)
    before = read(name)
    after = broken(before, chance)
    if not after or after == before:
        return
    assert not diff_text(before, after, "tir").equal
    disguised = shuffled_attributes(after, chance)
    if not tree_of_or_none(disguised):
        return
    diff = diff_text(before, renamed(disguised, "tir", chance), "tir")
    assert not diff.equal, after


def tree_of_or_none(text: str) -> bool:
    """Whether the text still reads as a dump."""
    try:
        return bool(tree_of(text, "tir"))
    except AssertionError:
        return False


@SOME
@given(st.sampled_from(EVERY), SEEDS)
def test_a_consistent_rename_is_only_renamed(case: tuple[str, str], seed: int) -> None:
    check_rename(*case, seed)


@SOME
@given(st.sampled_from(TIR), SEEDS)
def test_attributes_in_another_order_are_cosmetic(name: str, seed: int) -> None:
    before = read(name)
    diff = diff_text(before, shuffled_attributes(before, random.Random(seed)), "tir")
    assert set(diff.counts) <= {"reordered (independent)"}


@SOME
@given(st.sampled_from(TIR), SEEDS)
def test_one_broken_token_is_never_cosmetic(name: str, seed: int) -> None:
    check_broken(name, seed)


@pytest.mark.slow
@MANY
@given(st.sampled_from(EVERY), SEEDS)
def test_a_consistent_rename_is_only_renamed_wide(case: tuple[str, str], seed: int) -> None:
    check_rename(*case, seed)


@pytest.mark.slow
@MANY
@given(st.sampled_from(TIR), SEEDS)
def test_one_broken_token_is_never_cosmetic_wide(name: str, seed: int) -> None:
    check_broken(name, seed)


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case[0])
def test_renaming_every_name_leaves_nothing_but_renames(case: tuple[str, str]) -> None:
    for seed in range(3):
        check_rename(*case, seed)


def test_two_buffers_exchanged_in_every_use_but_not_where_they_are_made_is_semantic() -> None:
    before = read(WS)
    head, mark, body = before.partition("T.attr(")
    swapped = body.replace("A_shared", "#").replace("B_shared", "A_shared").replace("#", "B_shared")
    diff = diff_text(before, head + mark + swapped)
    assert not diff.equal and not set(diff.counts) <= set(COSMETIC)


def test_two_parameters_exchanged_everywhere_but_in_the_signature_is_semantic() -> None:
    before = """\
@T.prim_func
def f(A: T.handle, B: T.handle):
    x = T.match_buffer(A, (8,))
    y = T.match_buffer(B, (8,))
    x[0] = y[0]
"""
    head, mark, body = before.partition("):\n")
    after = head + mark + body.replace("A", "#").replace("B", "A").replace("#", "B")
    assert not diff_text(before, after, "tir").equal


def test_the_same_name_of_another_loop_is_another_variable() -> None:
    before = "for k in range(8):\n    for k_1 in range(8):\n        A[k % 3] = B[k_1 % 3]\n"
    assert not diff_text(before, before.replace("A[k %", "A[k_1 %"), "tir").equal
    outer = "k = T.int32()\n" + before.replace("k_1", "k")
    assert not diff_text(outer, "k_0 = T.int32()\n" + before.replace("k_1", "k").replace("B[k", "B[k_0"), "tir").equal


def test_half_a_rename_is_not_a_rename() -> None:
    before = read(CUDA)
    after = before.replace("ko_1", "kx", before.count("ko_1") - 1)
    assert not diff_text(before, after, "cuda").equal
