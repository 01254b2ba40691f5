"""Expansion of layouts for versioned buffers: ours against upstream's, and the check against its mutants."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tl_passlab.errors import UsageError
from tl_passlab.layouts.expand import expand_layout, not_expanded
from tl_passlab.layouts.find import of_another_shape, wrongly_expanded
from tl_passlab.layouts.index_map import IndexMap, parse_layout

LINEAR = IndexMap((64, 32), ("_i", "_j"), ("_i", "_j"))
PADDED = IndexMap((64, 32), ("_i", "_j"), ("_i * 40 + _j",))
SWIZZLED = IndexMap((64, 64), ("_i", "_j"), ("_i", "T.bitwise_xor(_j // 8, _i % 8) * 8 + _j % 8"))
FRAGMENT = IndexMap((16, 8), ("_i", "_j"), ("_i // 8 * 2 + _j % 2",), "_i % 8 * 4 + _j // 2", (0, 32))
LAYOUTS = {"linear": LINEAR, "padded": PADDED, "swizzled": SWIZZLED, "fragment": FRAGMENT}

everywhere = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


@everywhere
@pytest.mark.parametrize("stages", [2, 3, 4])
def test_expanded_layout_repeats_the_layout_per_version(layout: IndexMap, stages: int) -> None:
    versioned = expand_layout(layout, (stages,))
    assert versioned.shape == (stages, *layout.shape)
    for index in layout.indices():
        for stage in range(stages):
            assert versioned.place((stage, *index)) == (stage, *layout.place(index))
            if layout.is_fragment:
                assert versioned.owners((stage, *index)) == layout.owners(index)
    assert not_expanded(layout, versioned) == []


@everywhere
def test_check_catches_a_stage_that_is_not_outermost(layout: IndexMap) -> None:
    good = expand_layout(layout, (2,))
    inner = dataclasses.replace(good, outputs=(*good.outputs[1:], good.outputs[0]))
    assert not_expanded(layout, inner) != []


@everywhere
def test_check_catches_a_layout_of_one_version_only(layout: IndexMap) -> None:
    good = expand_layout(layout, (2,))
    other = dataclasses.replace(good, outputs=(*good.outputs[:-1], f"{good.outputs[-1]} + _i"))
    assert not_expanded(layout, other) != []
    assert not_expanded(layout, layout) == [
        f"no version dimension: shape {layout.shape}, one version has {layout.shape}"
    ]


def test_check_catches_another_shape_and_a_lost_thread_map() -> None:
    assert "trailing dimensions" in not_expanded(LINEAR, expand_layout(SWIZZLED, (2,)))[0]
    without = dataclasses.replace(expand_layout(FRAGMENT, (2,)), thread="")
    assert not_expanded(FRAGMENT, without) == ["the elements have owner threads in one of the two only"]
    moved = dataclasses.replace(expand_layout(FRAGMENT, (2,)), thread="_j % 8 * 4 + (_k // 2 + 1) % 4")
    assert "belongs to thread" in not_expanded(FRAGMENT, moved)[0]


def test_a_leading_dimension_has_elements() -> None:
    with pytest.raises(UsageError):
        expand_layout(LINEAR, (0,))


def upstream(layout: Any, leading: list[int]) -> IndexMap:
    from tl_passlab.compat import printer

    expanded = layout.expand(leading)
    print_one = printer._fragment if hasattr(expanded, "thread") else printer._layout
    return parse_layout(print_one(expanded))


@pytest.mark.parametrize("stages", [2, 3, 4])
@pytest.mark.parametrize("kind", ["linear", "padded", "swizzled"])
def test_expansion_is_upstreams(kind: str, stages: int) -> None:
    from tilelang.layout import Layout

    import tl_passlab.compat  # noqa: F401

    forward = {
        "linear": lambda i, j: [i, j],
        "padded": lambda i, j: i * 40 + j,
        "swizzled": lambda i, j: [i, (j // 8 + i) % 8 * 8 + j % 8],
    }[kind]
    shape = (64, 64) if kind == "swizzled" else (64, 32)
    ours = LAYOUTS[kind]
    if kind == "swizzled":
        ours = dataclasses.replace(SWIZZLED, outputs=("_i", "(_j // 8 + _i) % 8 * 8 + _j % 8"))
    theirs = upstream(Layout(shape, forward), [stages])
    assert theirs.offsets() == expand_layout(ours, (stages,)).offsets()
    assert not_expanded(ours, theirs) == []


def test_upstream_forgets_the_threads_of_an_expanded_fragment() -> None:
    """Ours keeps them; the day upstream does too, say so in the documentation."""
    from tilelang.layout import Fragment

    import tl_passlab.compat  # noqa: F401

    fragment = Fragment(
        (16, 8), forward_thread_fn=lambda i, j: i % 8 * 4 + j // 2, forward_index_fn=lambda i, j: i // 8 * 2 + j % 2
    )
    expanded = fragment.expand([2])
    assert type(expanded).__name__ == "Layout"


BEFORE = '"layout_map": {A_shared: Layout((64, 32) -> (2552,): (_i, _j) = (_i * 40 + _j,))}'
AFTER = '"layout_map": {A_shared: Layout((2, 64, 32) -> (2, 2552): (_i, _j, _k) = (_i, _j * 40 + _k))}'


def test_wrongly_expanded_names_the_buffer() -> None:
    assert wrongly_expanded(BEFORE, AFTER) == []
    assert wrongly_expanded(BEFORE, AFTER.replace("* 40", "* 32"))[0].startswith("A_shared: element (0, 1, 0)")


def test_layout_of_another_shape_is_named() -> None:
    alloc = '\nA_shared = T.sblock_alloc_buffer((3, 64, 32), "float16", scope="shared.dyn")\n'
    assert of_another_shape(AFTER + alloc) == ["A_shared is (3, 64, 32), its layout is for (2, 64, 32)"]
    assert of_another_shape(AFTER + alloc.replace("(3,", "(2,")) == []
