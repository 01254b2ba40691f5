"""Mutants of the thread-level IR for sm_80: cp.async, ldmatrix, mma, every block barrier."""

from __future__ import annotations

from functools import partial

from tests.interp.mutation.edit import Edit, argument, remove, store_index
from tests.interp.mutation.mutant import VALUES, Mutant

SYNC, COPY, GROUP = "tirx.tvm_storage_sync", "tl.ptx_cp_async", "tirx.ptx_wait_group"
LOAD, MMA = "tl.ptx_ldmatrix", "tirx.ptx_mma"
SYNCS = 4

_of = partial(Mutant, kernel="gemm", target="cuda:sm_80", after="last")


def _mutant(name: str, edit: Edit, *caught_by: str) -> Mutant:
    return _of(f"ampere-{name}", edit=edit, caught_by=caught_by)


MUTANTS = [
    *[_mutant(f"sync-{i}-missing", remove(SYNC, i), "race") for i in range(SYNCS)],
    _mutant("ldmatrix-a-transposed", argument(LOAD, 0, lambda t: True, 0), VALUES),
    _mutant("ldmatrix-b-not-transposed", argument(LOAD, 0, lambda t: False, 1), VALUES),
    _mutant("ldmatrix-two-tiles", argument(LOAD, 1, lambda n: 2, 0), VALUES),
    _mutant("mma-a-offset", argument(MMA, 7, lambda o: 0, 0), VALUES),
    _mutant("mma-b-offset", argument(MMA, 9, lambda o: 0, 1), VALUES),
    _mutant("mma-c-offset", argument(MMA, 11, lambda o: o + 4, 0), VALUES),
    _mutant("mma-missing", remove(MMA, 0), VALUES),
    _mutant("copy-half-size", argument(COPY, 2, lambda n: 4, 0), "uninitialised", VALUES),
    _mutant("copy-double-size", argument(COPY, 2, lambda n: 16, 4), "race", VALUES, "out-of-bounds"),
    _mutant("loop-wait-2-to-3", argument(GROUP, 0, lambda n: 3, 0), "race"),
    _mutant("last-wait-missing", remove(GROUP, 2), "race"),
    _mutant("commit-missing", remove("tirx.ptx_commit_group", 1), "race"),
    _mutant("result-index", store_index("C", lambda i: i + 2), VALUES, "out-of-bounds"),
]
