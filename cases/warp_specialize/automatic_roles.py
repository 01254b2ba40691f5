"""Roles found by the role-based scheduler: the opt-in successor of ProducerConsumerWarpSpecialized.

What to look at: AutoWarpSpecialization names every statement and derives a schedule; MaterializeWSSchedule splits the
kernel by it: consumers first, one producer warp after them, barriers of their own for A and for B. Three more warps
only fill the warp group, and give registers away. ProducerConsumerWarpSpecialized then finds nothing to do.
"""

import re

from cases.pipeline.gemm_pipelined import inputs, kernel, reference  # noqa: F401

LANES = ["0.1.15"]
TARGETS = ["cuda:sm_90a"]
WATCH = ["AutoWarpSpecialization", "MaterializeWSSchedule"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 3}
PASS_CONFIGS = {"tl.enable_auto_warp_specialization": "role_based"}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_every_statement_has_a_name(trace):
    """Clear, loop, two copies, product and store: the schedule can refer to each."""
    if trace.target != "cuda:sm_90a":
        return
    names = re.findall(r'tl\.ws_op_id"?[=:] ?"(\w+)"', trace.after("AutoWarpSpecialization"))
    wanted = [f"tl_tileop_{op}" for op in ("fill_0", "copy_0", "copy_1", "gemm_0", "copy_2")]
    assert sorted(names) == sorted([*wanted, "loop_0"]), f"names: {names}"


def claim_producer_and_consumer_alternate_on_both_operands(trace):
    """The consumer awaits and releases A and B; the producer awaits each with inverted parity and fills it."""
    if trace.target != "cuda:sm_90a":
        return
    consumer, _, producer = trace.after("MaterializeWSSchedule").partition("if tx < 160:")
    waits = r"T\.(mbarrier_wait_parity|ptx_arrive_barrier|gemm|tma_copy)\((?:([AB]_shared_\w+?)_1\[ko % 3\](.*))?"
    steps = [
        [(op, barrier, "xor" in rest) for op, barrier, rest in re.findall(waits, role)] for role in (consumer, producer)
    ]
    wait, arrive = "mbarrier_wait_parity", "ptx_arrive_barrier"
    awaited = [(wait, "A_shared_full", False), (wait, "B_shared_full", False), ("gemm", "", False)]
    assert steps[0] == [*awaited, (arrive, "A_shared_empty", False), (arrive, "B_shared_empty", False)], steps[0]
    filled = [(wait, "A_shared_empty", True), ("tma_copy", "", False)]
    assert steps[1] == [*filled, (wait, "B_shared_empty", True), ("tma_copy", "", False)], steps[1]
