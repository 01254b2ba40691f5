"""Layouts read from the text of a trace: what is read, and what is refused."""

from __future__ import annotations

import pytest

from tl_passlab.errors import UsageError
from tl_passlab.layouts.index_map import evaluate, parse_layout

SWIZZLED = (
    "Layout((64, 32) -> (1, 8, 256): (_i, _j) = (0, _i // 8, "
    "_i % 8 * 32 + (_j // 16 + _i % 8 // 4) % 2 * 16 + (_j % 16 // 8 + _i % 4 // 2) % 2 * 8 + _j % 8)), B: Layout(...)"
)
FRAGMENT = (
    "Fragment((64, 64) -> (32,): (_i, _j) = (_j // 8 * 4 + _i % 16 // 8 * 2 + _j % 2,); "
    "thread = _i // 16 * 32 + _i % 8 * 4 + _j % 8 // 2; threads = 128..256; replicate = 1)}})"
)
REPLICATED = (
    "Fragment((16,) -> (8,): (_rep, _i) = (_i // 2,); thread = _i % 2 * 64 + _rep; threads = 0..128; replicate = 64)"
)


def test_layout_is_a_bijection_onto_its_memory() -> None:
    layout = parse_layout(SWIZZLED)
    assert layout.shape == (64, 32)
    assert sorted(layout.offsets().values()) == list(range(64 * 32))
    assert layout.place((9, 17)) == (0, 1, 32 + 16 + 1)


def test_fragment_gives_every_thread_as_many_registers() -> None:
    fragment = parse_layout(FRAGMENT)
    held: dict[int, set[int]] = {}
    for index in fragment.indices():
        (owner,) = fragment.owners(index)
        held.setdefault(owner, set()).add(fragment.place(index)[0])
    assert sorted(held) == list(range(128, 256))
    assert all(registers == set(range(32)) for registers in held.values())


def test_replicated_fragment_names_every_owner() -> None:
    fragment = parse_layout(REPLICATED)
    assert fragment.names == ("_i",)
    assert fragment.owners((3,)) == tuple(range(64, 128))
    assert fragment.place((3,)) == (1,)


@pytest.mark.parametrize(
    "text", ["C_local", "Layout((64, n) -> (64, n): (_i, _j) = (_i, _j))", "Layout((4,) -> (4,): (_i) = (_i"]
)
def test_what_is_no_static_layout_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_layout(text)


@pytest.mark.parametrize("code", ["__import__('os')", "_i.real", "(lambda: 1)()", "'a'", "[1][0]", "open('f')"])
def test_only_integer_arithmetic_is_evaluated(code: str) -> None:
    with pytest.raises(UsageError):
        evaluate(code, {"_i": 1})


def test_index_arithmetic_is_floored() -> None:
    assert evaluate("_i // 2 + _i % 3 + T.bitwise_xor(_i, 1)", {"_i": 5}) == 2 + 2 + 4
