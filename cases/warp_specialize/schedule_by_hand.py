"""A warp-specialisation schedule written by hand: roles, one pipeline over both operands, who does what.

What to look at: MaterializeWSSchedule widens the block to the eight warps of the schedule, gives A_shared and B_shared
the depth of their pipeline, turns acquire, commit, wait and release into mbarrier operations, and copies into TMA.
"""

import re

import tilelang.language as T

from cases.pipeline.gemm_pipelined import inputs, reference  # noqa: F401

LANES = ["0.1.15"]
TARGETS = ["cuda:sm_90a"]
WATCH = ["MaterializeWSSchedule"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 2}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def schedule(tiles, depth):
    fill = [T.WSSync.producer_acquire("tiles"), "load A", "load B", T.WSSync.producer_commit("tiles")]
    use = [T.WSSync.consumer_wait("tiles"), "multiply", T.WSSync.consumer_release("tiles")]
    consumer = T.WSRole("consumer", warps_lo=0, warps_hi=4, max_nreg=240)
    producer = T.WSRole("producer", warps_lo=4, warps_hi=8, max_nreg=24)
    root = T.WSScope(T.WSScope.ROOT, {"producer": ["loop"], "consumer": ["clear", "loop", "store"]})
    loop = T.WSScope("loop", {"producer": fill, "consumer": use})
    return T.WSSchedule(8, [consumer, producer], [T.WSPipeline("tiles", tiles, depth)], [root, loop])


def kernel(M, N, K, num_stages):
    @T.prim_func
    def main(A: T.Tensor((M, K), "float16"), B: T.Tensor((K, N), "float16"), C: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(N, 64), T.ceildiv(M, 64), threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.annotate_ws_schedule(schedule([A_shared, B_shared], num_stages))
            T.clear(C_local, annotations={T.WSID: "clear"})
            for ko in T.serial(K // 32, annotations={T.WSID: "loop"}):
                T.copy(A[by * 64, ko * 32], A_shared, annotations={T.WSID: "load A"})
                T.copy(B[ko * 32, bx * 64], B_shared, annotations={T.WSID: "load B"})
                T.gemm(A_shared, B_shared, C_local, annotations={T.WSID: "multiply"})
            T.copy(C_local, C[by * 64, bx * 64], annotations={T.WSID: "store"})

    return main


def claim_the_schedule_becomes_barriers(trace):
    """Each role does what its list says, on `num_stages` full and empty barriers that count 1 and 128 arrivals."""
    if trace.target != "cuda:sm_90a":
        return
    text, stages = trace.after("MaterializeWSSchedule"), trace.sizes["num_stages"]
    roles = re.split(r"\n +if tx < 128:\n|\n +else:\n", text)[1:]
    steps = [re.findall(r"T\.(mbarrier_wait_parity|gemm|tma_copy|ptx_arrive_barrier)\(", role) for role in roles]
    wanted = [["mbarrier_wait_parity", "gemm", "ptx_arrive_barrier"], ["mbarrier_wait_parity", "tma_copy", "tma_copy"]]
    assert steps == wanted and text.count("emit_arrive=1") == 1, f"consumer and producer: {steps}"
    counts = f"tiles_full: {[1] * stages}, tiles_empty: {[128] * stages}"
    assert counts in text, "the barriers count something else"
