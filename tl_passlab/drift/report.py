"""The whole run: lower every job in both lanes, compare in parallel, one verdict for each, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tl_passlab.drift.compare import compare_traces
from tl_passlab.drift.lower import Job, LaneWorker, lower_in_both
from tl_passlab.drift.result import Drift, PairDrift
from tl_passlab.model import Trace

_WAITING = 8


def run_drift(
    before: tuple[str, Path],
    after: tuple[str, Path],
    jobs: Sequence[Job],
    timeout: float,
    progress: Callable[[int, int, str], None] = lambda number, total, name: None,
) -> Drift:
    """Compare two lanes, each a version and its Python, over all jobs. `progress` hears of each that is done."""
    pairs: list[PairDrift] = []
    with (
        LaneWorker(*before, timeout) as old,
        LaneWorker(*after, timeout) as new,
        # Spawned, not forked: this process has threads by now.
        ProcessPoolExecutor(min(os.cpu_count() or 1, len(jobs), 8), get_context("spawn")) as pool,
    ):
        running: deque[Future[PairDrift]] = deque()

        def take() -> None:
            pairs.append(running.popleft().result())
            progress(len(pairs), len(jobs), f"{pairs[-1].case}  {pairs[-1].target}")

        for one, two in lower_in_both(jobs, old, new):
            running.append(pool.submit(_compare, one, two))
            while running and (running[0].done() or len(running) > _WAITING):
                take()
        while running:
            take()
    return Drift(before[0], after[0], tuple(pairs))


def _compare(before: Trace, after: Trace) -> PairDrift:
    return compare_traces(before, after)
