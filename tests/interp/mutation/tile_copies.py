"""Mutants of the cp.async pipeline at tile level: groups, waits, stages."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.interp.mutation.edit import Edit, argument, loop_extent, region_start, remove
from tests.interp.mutation.mutant import VALUES, Mutant

COMMIT, WAIT = "tirx.ptx_commit_group", "tirx.ptx_wait_group"
GEMM, COPY = "tl.tileop.gemm", "tl.tileop.copy"
STAGES = 3
FIRST_LOOP_COPY = 4

_of = partial(Mutant, kernel="gemm", target="cuda:sm_80", after="InjectSoftwarePipeline")


def _next_stage(region: Any) -> Any:
    return region_start(region, 0, lambda stage: (stage + 1) % STAGES)


def _mutant(name: str, edit: Edit, *caught_by: str) -> Mutant:
    return _of(f"copies-{name}", edit=edit, caught_by=caught_by)


MUTANTS = [
    _mutant("loop-wait-2-to-3", argument(WAIT, 0, lambda n: 3, 0), "race"),
    _mutant("loop-wait-missing", remove(WAIT, 0), "race"),
    _mutant("tail-wait-1-to-2", argument(WAIT, 0, lambda n: 2, 1), "race"),
    _mutant("last-wait-0-to-1", argument(WAIT, 0, lambda n: 1, 2), "race"),
    _mutant("last-wait-missing", remove(WAIT, 2), "race"),
    _mutant("all-waits-missing", remove(WAIT), "race"),
    _mutant("prologue-commit-missing", remove(COMMIT, 0), "race", "leak"),
    _mutant("loop-commit-missing", remove(COMMIT, 2), "race", "leak"),
    _mutant("prologue-stage", argument(COPY, 1, lambda r: region_start(r, 0, lambda s: 1), 0), "uninitialised", "race"),
    _mutant("loop-copy-stage", argument(COPY, 1, _next_stage, FIRST_LOOP_COPY),
            "race"),
    _mutant("loop-gemm-stage", argument(GEMM, 1, _next_stage, 0),
            "race", VALUES),
    _mutant("loop-one-short", loop_extent(0, lambda n: n - 1), VALUES),
    _mutant("tail-gemm-missing", remove(GEMM, 2), VALUES),
]  # fmt: skip
