"""Blocks that meet: what others stored before a barrier of the grid is seen, and a missing or uneven one is noticed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.interp.kernels.grid import neighbours
from tests.interp.mutation.edit import in_module, remove
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds


@pytest.fixture(scope="module")
def meeting() -> Base:
    return Base("", "cuda:sm_90a", func=neighbours())


def test_every_boundary_sees_what_other_blocks_stored(meeting: Base) -> None:
    oracle = meeting.judge.oracle
    assert oracle is not None
    doubled = (meeting.arguments.values["A"] * 2).reshape(3, 32)
    stored = np.roll(doubled, -1, axis=0)[:, ::-1] + 1
    assert (oracle["C"].reshape(3, 32) == np.roll(stored, -1, axis=0)).all()
    for stage in meeting.pipeline.distinct():
        result = meeting.judge.judge(stage)
        assert result.verdict in ("exact", "host") and not result.findings, (stage.name, result.detail, result.findings)


@pytest.mark.parametrize("stage", ["input", "LowerTileOp", "last"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_missing_barrier_is_noticed(meeting: Base, stage: str, number: int) -> None:
    of = meeting.pipeline.stages[0] if stage == "input" else meeting.stage(stage)
    broken = replace(of, module=in_module(of.module, remove("tl.sync_grid", number)))
    assert "differs" in kinds(meeting.judge.judge(broken))


def test_barrier_that_some_blocks_skip_is_a_deadlock() -> None:
    of = Base("", "cuda:sm_90a", func=neighbours(blocks_that_meet=2))
    (found,) = (f for f in of.judge.judge(of.pipeline.stages[0]).findings if f.is_error)
    assert found.kind == "deadlock" and found.message.startswith("2 of 3 blocks wait at a barrier of the grid")
