"""Mutants of the thread-level IR for sm_90a: bytes, counts, coordinates, descriptors, waits, fences, barriers."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.interp.mutation.edit import Edit, argument, as_expr, first_that_applies, remove, rewrite, with_args
from tests.interp.mutation.mutant import VALUES, Mutant

EXPECT, ARRIVE_EXPECT = "tl.mbarrier_expect_tx", "tirx.ptx_arrive_barrier_expect_tx"
INIT, SYNC, LOAD = "tirx.ptx_init_barrier_thread_count", "tirx.tvm_storage_sync", "tl.tma_load"
WGMMA, DESCRIPTOR, ADVANCE = "tl.ptx_wgmma_ss", "tl.initialize_wgmma_descriptor", "tl.increase_descriptor_offset"
COMMIT, WAIT = "tl.warpgroup_commit_batch", "tl.warpgroup_wait"
STAGE_ELEMENTS = 64 * 32
PARITY, ARRIVE = "tl.mbarrier_wait_parity", "tirx.ptx_arrive_barrier"

_plain = partial(Mutant, kernel="gemm", target="cuda:sm_90a", after="last")
_staged = partial(Mutant, kernel="gemm_staged", target="cuda:sm_90a", after="last")


def _mutant(name: str, edit: Edit, *caught_by: str) -> Mutant:
    return _plain(f"hopper-{name}", edit=edit, caught_by=caught_by)


def _store(name: str, edit: Edit, *caught_by: str) -> Mutant:
    return _staged(f"hopper-{name}", edit=edit, caught_by=caught_by)


def _one_stage_on(pointer: Any) -> Any:
    """A pointer into the same allocation, one version of A further."""
    args = list(pointer.args)
    args[2] = (args[2] + STAGE_ELEMENTS) % (3 * STAGE_ELEMENTS)
    return with_args(pointer, args)


def _first_stage(pointer: Any) -> Any:
    """A pointer to the first version: 0.1.11 selects the version here, later lanes advance the descriptor."""
    args = list(pointer.args)
    args[2] = as_expr(0, args[2])
    return with_args(pointer, args)


def elect(size: int) -> Edit:
    """Change how many threads share one elected lane."""

    def choose(node: Any) -> Any:
        if getattr(node.op, "name", "") != "tl.tl_shuffle_elect" or int(node.args[0]) != 128:
            return None
        return with_args(node, [as_expr(size, node.args[0])])

    return rewrite(["Call"], choose)


FIRST_VERSION = first_that_applies(remove(ADVANCE, 0), argument(DESCRIPTOR, 1, _first_stage, 0))

MUTANTS = [
    _mutant("expect-too-few-bytes", argument(EXPECT, 1, lambda n: 2048), "deadlock", "race"),
    _mutant("expect-too-many-bytes", argument(ARRIVE_EXPECT, 1, lambda n: 8192), "deadlock"),
    _mutant("expect-missing", remove(EXPECT), "deadlock", "race"),
    _mutant("init-count-1-to-2", argument(INIT, 1, lambda n: 2, 0), "deadlock"),
    _mutant("init-count-128-to-64", argument(INIT, 1, lambda n: 64, 3), "over-arrival"),
    _mutant("init-missing", remove(INIT, 1), "uninitialised-barrier"),
    _mutant("sync-after-init-missing", remove(SYNC, 0), "uninitialised-barrier"),
    _mutant("tma-coordinate", argument(LOAD, 3, lambda c: c + 32, 0), VALUES),
    _mutant("tma-other-coordinate", argument(LOAD, 4, lambda c: c + 8, 1), VALUES),
    _mutant("tma-into-next-stage", argument(LOAD, 2, _one_stage_on, 0), "race", "uninitialised"),
    _mutant("parity-flipped", argument(PARITY, 1, lambda p: 1 - p, 1), "race", "deadlock"),
    _mutant("producer-wait-missing", remove(PARITY, 0), "race"),
    _mutant("consumer-wait-missing", remove(PARITY, 1), "race"),
    _mutant("consumer-arrive-missing", remove(ARRIVE), "deadlock"),
    _mutant("wgmma-stage", FIRST_VERSION, "race", VALUES),
    _mutant("wgmma-k-step", argument(WGMMA, 7, lambda o: 0), VALUES),
    _mutant("wgmma-b-k-step", argument(WGMMA, 9, lambda o: 0), VALUES),
    _mutant("wgmma-a-major", argument(WGMMA, 1, lambda k: False), VALUES, "out-of-bounds"),
    _mutant("wgmma-b-major", argument(WGMMA, 2, lambda k: True), VALUES, "out-of-bounds"),
    _mutant("wgmma-stride", argument(DESCRIPTOR, 4, lambda s: 16, 0), VALUES),
    _mutant("wgmma-swizzle", argument(DESCRIPTOR, 2, lambda s: 1, 0), VALUES),
    _mutant("wgmma-drops-accumulator", argument(WGMMA, 12, lambda s: 0), VALUES),
    _mutant("wgmma-negates", argument(WGMMA, 13, lambda s: -1), VALUES),
    _mutant("wait-missing", remove(WAIT), "in-flight", "race"),
    _mutant("wait-0-to-1", argument(WAIT, 0, lambda n: 1), "in-flight", "race"),
    _mutant("commit-missing", remove(COMMIT), "in-flight", "race"),
    _mutant("every-warp-elected", elect(32), "over-arrival", "deadlock", "race"),
    _store("fence-missing", remove("tl.fence_proxy_async"), "fence"),
    _store("store-wait-missing", remove("tl.tma_store_wait"), "leak"),
    _store("store-commit-missing", remove("tl.tma_store_arrive"), "leak"),
    _store("stmatrix-transposed", argument("tl.ptx_stmatrix", 0, lambda t: 1), VALUES),
]  # fmt: skip
