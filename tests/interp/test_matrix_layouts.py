"""Fragment and shared-memory layouts of matrix instructions are one-to-one and where the manuals put them."""

from __future__ import annotations

import numpy as np
import pytest

from tl_passlab.interp.memory import adopt
from tl_passlab.interp.ops.descriptor import accumulator_map, addresses, operand_map
from tl_passlab.interp.ops.mma import spread
from tl_passlab.interp.ops.tensormap import TensorMap, box_in_global, box_in_shared


@pytest.mark.parametrize(
    ("rows", "columns", "kind", "per_register"),
    [(16, 16, "a", 2), (16, 8, "b", 2), (16, 8, "c", 1), (16, 32, "a", 4), (32, 8, "b", 4), (16, 8, "a", 1)],
)
def test_mma_fragment_places_each_element_once(rows: int, columns: int, kind: str, per_register: int) -> None:
    table = spread(rows, columns, kind, per_register)
    assert sorted(table.reshape(-1).tolist()) == list(range(rows * columns))


def test_mma_fragments_hold_what_the_manual_says() -> None:
    assert spread(16, 16, "a", 2)[8, 3] == 1 * 8 + 3  # a3 of lane 1: row 8, column 3
    assert spread(16, 8, "b", 2)[9, 2] == 8 * 4 + 3  # b3 of lane 8: k 9, column 2
    assert spread(16, 8, "c", 1)[8, 1] == 3  # c3 of lane 0: row 8, column 1


def test_wgmma_registers_cover_the_tile_once() -> None:
    for row, column, width in ((*accumulator_map(64), 64), (*operand_map(16, 2), 16)):
        wide = [np.broadcast_to(x, (128, width // 2)).reshape(-1) for x in (row, column)]
        places = set(zip(wide[0].tolist(), wide[1].tolist(), strict=True))
        assert len(places) == 64 * width


@pytest.mark.parametrize(("layout", "atom"), [(1, 128), (2, 64), (3, 32)])
def test_swizzled_addresses_are_a_permutation_within_their_rows(layout: int, atom: int) -> None:
    found = addresses(0, 16, atom // 2, True, layout, 16, 8 * atom, 2)
    assert sorted(found.reshape(-1).tolist()) == list(range(0, 16 * atom, 2))


def test_tma_and_wgmma_agree_on_every_swizzle() -> None:
    memory = adopt("g", np.zeros(64 * 64, dtype=np.float16))
    for tma, wgmma, width in ((3, 1, 64), (2, 2, 32), (1, 3, 16)):
        map_ = TensorMap(memory, 0, 2, (64, 64), (2, 128), (width, 64), tma)
        stored = box_in_shared(map_, 0)
        assert (stored == addresses(0, 64, width, True, wgmma, 16, 16 * width, 2)).all()


def test_tma_box_marks_what_lies_outside() -> None:
    map_ = TensorMap(adopt("g", np.zeros(100, dtype=np.float16)), 0, 2, (10, 10), (2, 20), (8, 4), 0)
    address, inside = box_in_global(map_, [6, 8])
    assert inside.sum() == 4 * 2
    assert address[1, 3] == 9 * 20 + 9 * 2
