"""Blame says who stored a wrong element: the block, the thread, the statement, and who did before the pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.interp.mutation.edit import Edit, argument, region_start, store_index
from tests.interp.mutation.kernels import BUILDERS, base
from tests.interp.test_injected_passes import NAME, PIPELINE, SM80, SM90, injected_after, shifted
from tl_passlab.interp import layouts
from tl_passlab.interp.authors import Author, authors_at, put_by
from tl_passlab.interp.blame import blame
from tl_passlab.interp.compare import Difference
from tl_passlab.interp.memory import adopt
from tl_passlab.interp.report import render_blame
from tl_passlab.interp.schedule import EAGER, LATE
from tl_passlab.model import Case, CaseInfo
from tl_passlab.targets import parse_target


def blamed(kernel: str, spec: str, after: str, edit: Edit, out: Path) -> dict[str, Any]:
    case = Case(CaseInfo(kernel, Path(kernel), "", (), (), {}), BUILDERS[kernel])
    with injected_after(after, edit):
        data = blame(case, parse_target(spec), {}, 0, 0, out)
    assert data["pass"].partition(".")[0] == NAME
    return data


def stored(kernel: str, spec: str, stage: str, name: str, indices: list[tuple[int, ...]]) -> list[Author | None]:
    """Who stores these elements at a clean boundary."""
    of = base(kernel, spec)
    last = of.stage(stage)
    stages = [s for s in of.pipeline.distinct() if s.index <= last.index]
    shapes = {n: v.shape for n, v in of.arguments.values.items()}
    lowered = next(s for s in of.pipeline.stages if s.name == "LowerTileOp")
    wanted = Difference(name, 0.0, 0, 0, tuple((i, 0.0, 0.0) for i in indices))
    found = authors_at(stages, of.arguments, layouts.permutations(lowered.module, shapes), LATE, 2, [wanted])
    assert found is not None
    return [author for *_, author in found]


def test_swapped_index_names_the_thread_that_stored_the_wrong_element(tmp_path: Path) -> None:
    data = blamed("row_sum", SM80, "VectorizeLoop", store_index("Y", lambda i: 60 - i), tmp_path)
    assert data["authors"]
    for entry in data["authors"]:
        (row,) = entry["index"]
        now, before = entry["author"], entry["before"]
        (owner,) = stored("row_sum", SM80, "VectorizeLoop", "Y", [(60 - row,)])
        assert owner is not None and (now["block"], now["thread"]) == (list(owner.block), owner.thread)
        assert now["warp"] == now["thread"] // 32 and now["stores"] == 1 and "60 -" in now["statement"]
        assert (before["block"], before["thread"]) != (now["block"], now["thread"])
        assert before["block"] == [row // 32]
    text = render_blame(data)
    first = data["authors"][0]["author"]
    assert f"stored by thread {first['thread']} (warp {first['warp']}) of block ({first['block'][0]},)" in text
    assert "before the pass: thread " in text


def test_tile_operation_that_stored_the_wrong_element_is_named(tmp_path: Path) -> None:
    edit = argument("tl.tileop.copy", 0, lambda r: region_start(r, 1, shifted(16)), 0)
    data = blamed("metal_gemm", "metal", PIPELINE, edit, tmp_path)
    now = data["authors"][0]["author"]
    assert now["tile"] and now["thread"] is None and now["block"] == [0] and now["statement"].startswith("T.copy(")
    assert "stored by a tile operation of block (0,)" in render_blame(data)


def test_element_that_nobody_stores_any_more_says_so(tmp_path: Path) -> None:
    data = blamed("row_sum", SM80, "VectorizeLoop", store_index("Y", lambda i: i * 0), tmp_path)
    orphans = [entry for entry in data["authors"] if entry["author"] is None]
    assert orphans and all(entry["before"]["thread"] is not None for entry in orphans)
    assert "stored by nobody" in render_blame(data)


@pytest.mark.parametrize("schedule_of", [EAGER, LATE], ids=str)
def test_bulk_store_is_attributed_to_the_thread_that_issues_it(schedule_of: Any) -> None:
    (author,) = stored("gemm_staged", SM90, "last", "C", [(63, 63)])
    assert author is not None and "tma_store" in author.statement
    assert author.thread is not None and author.stores == 1


def test_simdgroup_store_is_attributed_to_its_warp() -> None:
    authors = stored("metal_gemm", "metal", "last", "C", [(0, 0), (31, 31)])
    warps = [a.warp for a in authors if a is not None]
    assert len(warps) == 2 and warps[0] != warps[1] and all(a is not None and a.thread is None for a in authors)


def test_each_thread_stores_its_own_element() -> None:
    authors = stored("row_sum", SM80, "last", "Y", [(0,), (31,), (32,)])
    assert [a.block for a in authors if a is not None] == [(0,), (0,), (1,)]
    assert len({(a.block, a.thread) for a in authors if a is not None}) == 3


def test_bytes_that_an_action_stores_are_found_whatever_was_there() -> None:
    mem = adopt("C", np.array([0, 255, 7, 7], dtype=np.uint8))

    def act() -> None:
        mem.data[[0, 1]] = (0, 255)

    ((_, cells),) = put_by(act, [mem])
    assert cells.tolist() == [0, 1] and mem.data[:4].tolist() == [0, 255, 7, 7]
