"""Two kernels of one function; the second may be launched while the first still runs, and waits by itself.

What to look at: MarkCudaSyncCalls finds `pdl_trigger` in the one and `pdl_sync` in the other and says so in their
attributes; LowerDeviceKernelLaunch then asks for a programmatic launch of the second. SplitHostDevice makes three
functions of one. Targets before sm_90 have no dependent launch.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["SplitHostDevice", "MarkCudaSyncCalls", "LowerDeviceKernelLaunch"]
SIZES = {"length": 1024}
NOT_ON = {
    "cuda:sm_80": "no dependent launch before sm_90",
    "metal": "no dependent launch there",
    "hip": "no dependent launch there",
    "c": "no launch there",
}


def kernel(length):
    @T.prim_func
    def main(A: T.Tensor((length,), "float32"), B: T.Tensor((length,), "float32"), C: T.Tensor((length,), "float32")):
        with T.Kernel(length // 512, threads=128) as b:
            for i in T.Parallel(512):
                B[b * 512 + i] = A[b * 512 + i] + 1.0
            T.pdl_trigger()
        with T.Kernel(length // 512, threads=128) as c:
            T.pdl_sync()
            for i in T.Parallel(512):
                C[c * 512 + i] = B[c * 512 + i] * 2.0

    return main


def inputs(rng, length):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(length)).float()}


def reference(A):
    return {"B": A + 1, "C": (A + 1) * 2}


def claim_each_kernel_is_marked_for_what_it_calls(trace):
    """The first triggers, the second waits."""
    marks = re.findall(r'def (main_kernel\w*).*\n.*?"has_cuda_pdl_(\w+)": 1', trace.after("MarkCudaSyncCalls"))
    assert marks == [("main_kernel", "trigger"), ("main_kernel_1", "sync")], f"marks: {marks}"


def claim_the_second_waits_before_it_reads(trace):
    """Nothing of the second kernel comes before its wait."""
    second = trace.source.rpartition("main_kernel_1")[2]
    wait, read = second.find("cudaGridDependencySynchronize"), second.find("(B +")
    assert 0 <= wait < read, f"wait at {wait}, read at {read}"
