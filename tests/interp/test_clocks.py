"""Vector clocks: what is seen after a release and an acquire, and after a fence."""

from __future__ import annotations

import numpy as np

from tl_passlab.interp.clocks import FIRST_COLUMNS, Clocks


def test_acquire_sees_what_was_done_before_the_release_and_not_after() -> None:
    clocks = Clocks(2)
    before = int(clocks.now(0))
    token = clocks.release(np.array([0]))
    after = int(clocks.now(0))
    clocks.acquire(np.array([1]), token)
    assert before <= clocks.seen[1, clocks.column[0]] < after


def test_rows_start_knowing_nothing_of_each_other() -> None:
    clocks = Clocks(2)
    assert clocks.seen[1, clocks.column[0]] < clocks.now(0)


def test_fork_knows_what_its_parent_knew() -> None:
    clocks = Clocks(1)
    child = clocks.fork(0)
    assert clocks.seen[child, clocks.column[0]] == clocks.now(0)


def test_release_carries_the_fenced_past_only_after_a_fence() -> None:
    clocks = Clocks(2)
    unfenced = clocks.release(np.array([0]))
    assert unfenced.fenced[clocks.column[0]] == 0
    clocks.fence(np.array([0]))
    assert clocks.release(np.array([0])).fenced[clocks.column[0]] > 0


def test_columns_grow_beyond_the_first_allocation() -> None:
    clocks = Clocks(1)
    columns = [clocks.new_column() for _ in range(2 * FIRST_COLUMNS)]
    clocks.observe(np.array([0]), columns[-1], 3)
    assert clocks.seen[0, columns[-1]] == 3
