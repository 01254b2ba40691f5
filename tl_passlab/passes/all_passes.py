"""Every pass by name: the first-class wrappers and the plain table, in one sorted dict that tests check."""

from __future__ import annotations

import difflib

from tl_passlab.errors import UsageError
from tl_passlab.passes import (
    auto_warp_specialization,
    fuse_mbarrier_arrive_expect_tx,
    hoist_non_restrict_params,
    inject_fence_proxy,
    inject_software_pipeline,
    instruction_annotation,
    layout_inference,
    lower_hopper_intrin,
    lower_l2_persistent,
    lower_shared_barrier,
    lower_thread_allreduce,
    lower_tile_op,
    materialize_ws_schedule,
    merge_shared_memory_allocations,
    metal_fragment_to_simdgroup,
    persist_threadblock,
    pipeline_planning,
    producer_consumer_warp_specialized,
    reducer_plan_and_materialize,
    separate_pipeline_versions,
    thread_sync,
)
from tl_passlab.passes.plain import PLAIN
from tl_passlab.passes.spec import PassSpec

FIRST_CLASS: tuple[PassSpec, ...] = (
    auto_warp_specialization.SPEC,
    fuse_mbarrier_arrive_expect_tx.SPEC,
    hoist_non_restrict_params.SPEC,
    inject_fence_proxy.SPEC,
    inject_software_pipeline.SPEC,
    instruction_annotation.OWN,
    instruction_annotation.SPEC,
    layout_inference.SPEC,
    lower_hopper_intrin.SPEC,
    lower_l2_persistent.SPEC,
    lower_shared_barrier.SPEC,
    lower_thread_allreduce.SPEC,
    lower_tile_op.SPEC,
    materialize_ws_schedule.SPEC,
    merge_shared_memory_allocations.SPEC,
    metal_fragment_to_simdgroup.SPEC,
    persist_threadblock.SPEC,
    pipeline_planning.SPEC,
    producer_consumer_warp_specialized.SPEC,
    reducer_plan_and_materialize.SPEC,
    separate_pipeline_versions.SPEC,
    thread_sync.SPEC,
)

PASSES: dict[str, PassSpec] = {spec.name: spec for spec in sorted(FIRST_CLASS + PLAIN, key=lambda s: s.name)}


def split_occurrence(name: str) -> tuple[str, int]:
    """`Simplify.3` -> (`Simplify`, 3); `tirx.Simplify` -> (`tirx.Simplify`, 1)."""
    head, _, tail = name.rpartition(".")
    return (head, int(tail)) if head and tail.isdigit() else (name, 1)


def find_pass(name: str) -> PassSpec:
    """The pass of that name: any case, with or without `tl.`, or one of its aliases, or with an occurrence.

    Raises UsageError with the nearest names when there is none.
    """
    wanted = split_occurrence(name.strip())[0].lower().removeprefix("tl.")
    by_alias = {alias.lower(): spec for spec in PASSES.values() for alias in (spec.name, *spec.aliases)}
    if wanted in by_alias:
        return by_alias[wanted]
    close = difflib.get_close_matches(wanted, by_alias, n=3, cutoff=0.5)
    nearest = [by_alias[key].name for key in close]
    raise UsageError("pass", name, "unknown pass", evidence="\n".join(nearest), next_command="passlab passes")
