"""ProducerConsumerWarpSpecialized: splits a pipelined loop into a producer and a consumer role.

What it does: where every shared-memory copy of a `T.Pipelined` loop can be a TMA copy (or cp.async), the block is
widened by one producer warp group; producer and consumer get loops of their own, synchronised by one full and one empty
mbarrier per stage, and the shared buffers get one version per stage. Upstream called it
ProducerConsumerWarpSpecializedTiled too, up to 0.1.11.

Example input:
    for ko in T.serial(8, annotations={"num_stages": 3}):
        T.copy(A[...], A_shared)
        T.gemm(A_shared, B_shared, C_local)
Example output:
    if tx < 128:                                        # producer
        for ko in range(8):
            T.mbarrier_wait_parity(mbarrier[ko % 3 + 3], T.bitwise_xor(ko % 6 // 3, 1))
            T.tma_copy(A[...], A_shared[ko % 3, ...], barrier=mbarrier[ko % 3])
    else:                                               # consumer
        for ko in range(8):
            T.mbarrier_wait_parity(mbarrier[ko % 3], ko % 6 // 3)
            T.gemm(A_shared[ko % 3, ...], ...)
            T.ptx_arrive_barrier(mbarrier[ko % 3 + 3])

Invariants after: the roles share the block's threads and run every statement; one full and one empty barrier per stage
and group, counting what arrives; the producer waits with inverted parity; a read finds what it found before;
consumer-only initialisation is not in the producer branch; no role reads the other's registers; every shared buffer of
the loop has one version per stage; a conditional body goes by phase counters.
"""

from __future__ import annotations

import re

from tl_passlab.layouts.find import wrongly_expanded
from tl_passlab.passes import role_checks
from tl_passlab.passes.spec import PassSpec
from tl_passlab.passes.why_not_specialised import why_absent, why_not

CHECKS = {
    "the roles share the threads of the block": role_checks.roles_share_the_block,
    "every statement runs in one of the roles": role_checks.every_statement_runs,
    "one full and one empty mbarrier per stage": role_checks.barriers_per_stage,
    "the producer waits for the inverted parity": role_checks.parities_alternate,
    "the consumer reads the version that was filled for it": role_checks.consumer_reads_its_version,
    "every shared buffer of the loop has num_stages versions": role_checks.shared_buffers_are_versioned,
    "consumer-only initialisation is not in the producer branch": role_checks.producer_initialises_its_own,
    "no role reads the registers of the other": role_checks.registers_are_private,
    "a conditional body goes by phase counters": role_checks.conditional_bodies_count,
    "an annotated layout is expanded by the versions": wrongly_expanded,
}


def remark(before: str, after: str) -> str:
    """`warp-specialised: 128 producer + 128 consumer threads, 3 stages`, or which condition was not met."""
    scope = re.search(r'T\.attr\(\[(\d+), (\d+)\], "kWarpSpecializationScope"', after)
    if scope is None:
        reasons = why_not(before, after) if "num_stages" in before else []
        said = "not warp-specialised" if "num_stages" in before else ""
        return f"{said}: {reasons[0]}" if reasons else said
    producer, consumer = scope.groups()
    barriers = re.search(r'"barrier_init": \{\w+: \[([\d, ]+)\]', after)
    # One full and one empty barrier per stage.
    stages = f", {len(barriers.group(1).split(',')) // 2} stages" if barriers else ""
    return f"warp-specialised: {producer} producer + {consumer} consumer threads{stages}"


SPEC = PassSpec(
    name="ProducerConsumerWarpSpecialized",
    summary="split a pipelined loop into producer and consumer warp groups",
    kinds=("cuda",),
    aliases=("ProducerConsumerWarpSpecializedTiled",),
    requires=("tirx.BindTarget", "MaterializeKernelLaunch", "InjectAssumes", "Simplify"),
    invariants=tuple(CHECKS),
    checks=CHECKS,
    remark=remark,
    why_not=why_not,
    why_absent=why_absent,
)
