"""Two TMA copies on one barrier: both expect their bytes, the last one arrives too.

What to look at: in the producer, the copy of A only adds its bytes to the barrier. FuseMBarrierArriveExpectTx merges
the arrival with the expectation of B, one instruction for two. Merged with that of A, the barrier could complete before
B has been announced.
"""

from cases.pipeline.gemm_pipelined import inputs, kernel, reference  # noqa: F401
from tl_passlab.query import after, source

TARGETS = ["cuda:sm_90a"]
WATCH = ["FuseMBarrierArriveExpectTx", "PlanAndUpdateBufferAllocationLocation"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 2}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_the_last_expectation_arrives(trace):
    """Expect A, load A, expect B and arrive, load B; no arrival is left over in the producer."""
    if trace.target != "cuda:sm_90a":
        return
    (producer,) = after(trace, "FuseMBarrierArriveExpectTx").branches("tx < 128")
    steps = producer.order("mbarrier_expect_tx", "tma_load", "ptx_arrive_barrier*")
    wanted = ["mbarrier_expect_tx", "tma_load", "ptx_arrive_barrier_expect_tx", "tma_load"]
    assert steps == wanted, f"producer steps: {steps}"


def claim_the_bytes_are_those_of_the_tiles(trace):
    """Each operand brings 64 x 32 halves: 4,096 bytes expected for A, 4,096 for B."""
    if trace.target != "cuda:sm_90a":
        return
    expected = [op.args[0] for op in source(trace).ops("arrive_and_expect_tx", "expect_transaction")]
    assert expected == ["4096", "4096"], f"bytes expected: {expected}"


# CHECK-AFTER(FuseMBarrierArriveExpectTx, cuda:sm_90a): if tx < 128:
# CHECK: T.mbarrier_expect_tx(
# CHECK: T.tma_load({{.*}}, A.data,
# CHECK: T.ptx_arrive_barrier_expect_tx(
# CHECK: T.tma_load({{.*}}, B.data,
# CHECK: else:
# CHECK-NOT: T.tma_load(
