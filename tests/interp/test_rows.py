"""Gathered and scattered rows mean what NumPy says; mistakes in them are noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.interp.kernels.rows import four_rows
from tests.interp.mutation.edit import Edit, annotation, argument, in_module, remove
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds

FROM, TO = [5, 2, 7, 0], [1, 6, 3, 4]


def numbered_rows(rng: Any) -> dict[str, Any]:
    A, B = (rng.integers(-9, 9, (8, 64)).astype("float16") for _ in "AB")
    return {"A": A, "rows": np.array(FROM + TO, dtype="int32"), "B": B}


@pytest.fixture(scope="module")
def rows() -> Base:
    return Base("", "cuda:sm_100a", func=four_rows(), inputs=numbered_rows)


def test_rows_are_gathered_and_scattered_in_order(rows: Base) -> None:
    values, oracle = rows.arguments.values, rows.judge.oracle
    assert oracle is not None
    expected = values["B"].copy()
    expected[TO] = values["A"][FROM]
    assert (oracle["B"] == expected).all()
    for stage in rows.pipeline.distinct():
        result = rows.judge.judge(stage)
        assert result.verdict in ("exact", "host") and not result.findings, (stage.name, result.detail, result.findings)


GATHER, SCATTER = "tl.tma_load_gather4", "tl.tma_store_scatter4"
ROWS: list[Any] = [
    pytest.param("input", annotation("tl.tileop.copy", "gather4_rows", lambda r: r[::-1], 0), "differs", id="reversed"),
    pytest.param("input", annotation("tl.tileop.copy", "gather4_col", lambda c: c + 8, 1), "differs", id="column"),
    pytest.param("input", remove("tl.mbarrier_wait_parity"), "race", id="tile-no-wait"),
    pytest.param("input", remove("tl.mbarrier_expect_tx"), "deadlock", id="tile-no-bytes"),
    pytest.param("LowerTileOp", argument(GATHER, 4, lambda row: row + 1), "differs", id="next-row"),
    pytest.param("LowerTileOp", argument(SCATTER, 2, lambda column: column + 8), "differs", id="scattered-aside"),
    pytest.param("LowerTileOp", argument("tl.mbarrier_expect_tx", 1, lambda n: n - 128), "deadlock", id="three-rows"),
    pytest.param("LowerTileOp", remove("tl.tma_store_wait"), "leak", id="no-wait-for-the-store"),
]


@pytest.mark.parametrize(("after", "edit", "noticed"), ROWS)
def test_broken_gather_or_scatter_is_noticed(rows: Base, after: str, edit: Edit, noticed: str) -> None:
    stage = rows.pipeline.stages[0] if after == "input" else rows.stage(after)
    found = kinds(rows.judge.judge(replace(stage, module=in_module(stage.module, edit))))
    assert noticed in found, found or "nothing"
