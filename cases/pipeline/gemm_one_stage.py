"""GEMM with one stage: no second version to fill ahead, yet the roles are still split on Hopper.

What to look at: InjectSoftwarePipeline (sm_80) keeps A_shared and B_shared as they are, and issues the next copy only
after the matrix product has read the tile. ProducerConsumerWarpSpecialized (sm_90a) still applies: producer and
consumers alternate over one full and one empty barrier.
"""

from cases.pipeline.gemm_pipelined import inputs, kernel, reference  # noqa: F401
from tl_passlab.query import after, before

TARGETS = ["cuda:sm_80", "cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized", "PipelinePlanning", "InjectSoftwarePipeline"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 1}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_operands_keep_one_version(trace):
    """No leading dimension is added to A_shared or B_shared."""
    shapes = {a.name: a.shape for a in before(trace, "LayoutInference").allocs("shared*", "[AB]_shared")}
    assert shapes == {"A_shared": ("64", "32"), "B_shared": ("32", "64")}, f"shared buffers: {shapes}"


def claim_the_next_copy_follows_the_product(trace):
    """In the loop that one role runs, the tile is read before the next copy may overwrite it."""
    if trace.target != "cuda:sm_80":
        return  # with TMA the empty barrier says so; see the next claim
    (loop,) = after(trace, "InjectSoftwarePipeline").loops("ko")
    order = loop.order("gemm", "copy", "ptx_*_group")
    assert order == ["ptx_wait_group", "gemm", "copy", "copy", "ptx_commit_group"], f"order in the loop: {order}"


def claim_tma_alternates_over_one_full_and_one_empty_barrier(trace):
    """One arrival (the TMA producer) fills, 128 (the consumer warp group) empty."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # no TMA, no barrier
    arrivals = after(trace, "ProducerConsumerWarpSpecialized").attrs("barrier_init")
    assert arrivals == ["{mbarrier: [1, 128]}"], f"barrier arrival counts: {arrivals}"
