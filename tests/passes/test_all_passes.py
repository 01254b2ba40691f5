"""Passes by name: any case, with or without `tl.`, aliases and occurrences; for an unknown one the nearest."""

from __future__ import annotations

import pytest

from tl_passlab import lanes
from tl_passlab.errors import UsageError
from tl_passlab.passes import PASSES, find_pass
from tl_passlab.passes.all_passes import FIRST_CLASS, split_occurrence
from tl_passlab.passes.plain import PLAIN


@pytest.mark.parametrize("name", PASSES)
def test_find_pass_takes_any_case_with_and_without_tl(name: str) -> None:
    for typed in (name, name.lower(), name.upper(), f"tl.{name}", f" {name}.3 "):
        assert find_pass(typed) is PASSES[name]


def test_simplify_of_tilelang_and_of_tirx_are_two_passes() -> None:
    assert find_pass("tl.Simplify") is not find_pass("tirx.Simplify")


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("ProducerConsumerWarpSpecializedTiled", "ProducerConsumerWarpSpecialized"),
        ("tl.producerconsumerwarpspecializedtiled", "ProducerConsumerWarpSpecialized"),
        ("BindTarget", "tirx.BindTarget"),
    ],
)
def test_find_pass_takes_aliases(alias: str, name: str) -> None:
    assert find_pass(alias).name == name


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("LayoutInferrence", "LayoutInference"),
        ("injectpipeline", "InjectSoftwarePipeline"),
        ("lowertile", "LowerTileOp"),
    ],
)
def test_find_pass_suggests_the_nearest(typed: str, nearest: str) -> None:
    with pytest.raises(UsageError, match="unknown pass") as caught:
        find_pass(typed)
    assert nearest in caught.value.evidence.splitlines()
    assert caught.value.next_command == "passlab passes"


def test_find_pass_of_nothing_like_a_pass_suggests_nothing() -> None:
    with pytest.raises(UsageError) as caught:
        find_pass("zzz")
    assert caught.value.evidence == ""


def test_table_is_sorted_and_no_name_means_two_passes() -> None:
    assert list(PASSES) == sorted(PASSES)
    assert len(PASSES) == len(FIRST_CLASS + PLAIN)
    names = [n.lower() for spec in PASSES.values() for n in (spec.name, *spec.aliases)]
    assert len(names) == len(set(names))


def test_requirements_are_passes() -> None:
    for spec in PASSES.values():
        for name in (*spec.requires, *([spec.takes_input_of] if spec.takes_input_of else [])):
            assert find_pass(name).name == name


def test_lanes_of_a_pass_are_versions_in_order() -> None:
    for spec in PASSES.values():
        assert not spec.gone or lanes.release_key(spec.since) < lanes.release_key(spec.gone), spec.name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Simplify", ("Simplify", 1)),
        ("Simplify.3", ("Simplify", 3)),
        ("tirx.Simplify", ("tirx.Simplify", 1)),
        (".3", (".3", 1)),
    ],
)
def test_split_occurrence(name: str, parts: tuple[str, int]) -> None:
    assert split_occurrence(name) == parts
