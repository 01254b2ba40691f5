"""How the benchmarks measure: contenders take turns in one run, so that what else the machine does hits them all."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping

Times = dict[str, list[float]]


def child_cpu() -> float:
    """The processor seconds of finished children: unlike the wall clock, blind to what else the machine does."""
    times = os.times()
    return times.children_user + times.children_system


def interleaved(
    contenders: Mapping[str, Callable[[], object]],
    rounds: int,
    warm_up: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> Times:
    """Seconds of every contender in every round; the first rounds are thrown away."""
    times: Times = {name: [] for name in contenders}
    for number in range(warm_up + rounds):
        for name, run in contenders.items():
            started = clock()
            run()
            if number >= warm_up:
                times[name].append(clock() - started)
    return times


def median_ratio(times: Times, ours: str, peer: str) -> float:
    """The median over the rounds of ours through the peer's time of the same round."""
    return statistics.median(a / b for a, b in zip(times[ours], times[peer], strict=True))


def median_ms(times: Times, name: str) -> float:
    """The median time in milliseconds."""
    return statistics.median(times[name]) * 1e3
