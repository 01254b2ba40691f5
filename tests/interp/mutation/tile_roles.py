"""Mutants of the warp-specialised tile IR: phases, arrivals, counts, stages, order."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.interp.mutation.edit import (
    Edit,
    annotation,
    argument,
    barrier_counts,
    both,
    index_of,
    loop_extent,
    region_start,
    remove,
    swap,
)
from tests.interp.mutation.mutant import VALUES, Mutant

WAIT, ARRIVE, TMA = "tl.mbarrier_wait_parity", "tirx.ptx_arrive_barrier", "tl.tileop.tma_copy"
GEMM, COPY = "tl.tileop.gemm", "tl.tileop.copy"
PRODUCER, CONSUMER = 0, 1
STAGES = 3

_of = partial(Mutant, kernel="gemm", target="cuda:sm_90a", after="ProducerConsumerWarpSpecialized")


def _mutant(name: str, edit: Edit, *caught_by: str) -> Mutant:
    return _of(f"roles-{name}", edit=edit, caught_by=caught_by)


def _flip(parity: Any) -> Any:
    return 1 - parity


def _next_empty(index: Any) -> Any:
    return (index - STAGES + 1) % STAGES + STAGES


def _next_stage(region: Any) -> Any:
    return region_start(region, 0, lambda stage: (stage + 1) % STAGES)


def _barrier(change: Any) -> Any:
    return lambda load: index_of(load, change)


MUTANTS = [
    _mutant("consumer-parity-flipped", argument(WAIT, 1, _flip, CONSUMER), "race", VALUES, "deadlock"),
    _mutant("producer-parity-flipped", argument(WAIT, 1, _flip, PRODUCER), "deadlock"),
    _mutant("consumer-arrive-missing", remove(ARRIVE), "deadlock"),
    _mutant("producer-arrive-missing", annotation(TMA, "emit_arrive", None, 1), "deadlock"),
    _mutant("full-count-1-to-2", barrier_counts(lambda c: [2, *c[1:]]), "deadlock"),
    _mutant("full-count-1-to-128", barrier_counts(lambda c: [128] * 3 + c[3:]), "deadlock"),
    _mutant("empty-count-128-to-256", barrier_counts(lambda c: c[:3] + [256] * 3), "deadlock"),
    _mutant("empty-count-128-to-1", barrier_counts(lambda c: c[:3] + [1] * 3), "over-arrival"),
    _mutant("producer-one-short", loop_extent(0, lambda n: n - 1), "deadlock"),
    _mutant("producer-one-extra", loop_extent(0, lambda n: n + 1), "leak"),
    _mutant("consumer-one-short", loop_extent(1, lambda n: n - 1), "leak"),
    _mutant("consumer-one-extra", loop_extent(1, lambda n: n + 1), "deadlock"),
    _mutant("consumer-wait-missing", remove(WAIT, CONSUMER), "race"),
    _mutant("producer-wait-missing", remove(WAIT, PRODUCER), "race"),
    _mutant("producer-parity-constant", argument(WAIT, 1, lambda p: 1, PRODUCER), "race", "deadlock"),
    _mutant("consumer-parity-constant", argument(WAIT, 1, lambda p: 0, CONSUMER), "race", "deadlock"),
    _mutant("gemm-stage-off-by-one", argument(GEMM, 0, _next_stage), "race"),
    _mutant("copy-stage-off-by-one", argument(TMA, 1, _next_stage, 0), "race"),
    _mutant("wait-after-gemm", swap(WAIT, GEMM), "race"),
    _mutant("copy-on-wrong-full-barrier",
            annotation(TMA, "barrier", _barrier(lambda i: (i + 1) % STAGES), 0), "race", "deadlock"),
    _mutant("early-release", swap(GEMM, ARRIVE), "race"),
    _mutant("arrive-on-full-barrier", argument(ARRIVE, 0, _barrier(lambda i: i - STAGES)), "over-arrival", "deadlock"),
    _mutant("producer-waits-on-next-empty", argument(WAIT, 0, _barrier(_next_empty), PRODUCER), "deadlock", "race"),
    _mutant("consumer-arrives-on-next-empty", argument(ARRIVE, 0, _barrier(_next_empty)), "deadlock", "race"),
    _mutant("gemm-clears-accumulator", argument(GEMM, 9, lambda c: True), VALUES),
    _mutant("copy-k-offset", argument(TMA, 0, lambda r: region_start(r, 1, lambda k: k + 32), 0), VALUES),
    _mutant("accumulator-not-cleared", remove("tl.tileop.fill"), "uninitialised"),
    _mutant("gemm-transposed-b", argument(GEMM, 0, lambda r: region_start(r, 2, lambda k: k + 8)), VALUES),
    _mutant("result-copied-to-wrong-row", argument(COPY, 1, lambda r: region_start(r, 0, lambda i: i + 1)), VALUES),
    _mutant("both-arrivals-missing", both(remove(ARRIVE), annotation(TMA, "emit_arrive", None, 1)), "deadlock"),
]  # fmt: skip
