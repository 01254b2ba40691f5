"""A kernel that allocates global memory for itself: the host must do it, before the launch.

What to look at: HoistGlobalBufferAllocations moves the buffer out of the kernel, to the host's block; SplitHostDevice
then finds it outside and passes it as a parameter. The other passes are what every kernel goes through to become a
function of the host and one of the device.
"""

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = [
    "tirx.BindTarget",
    "MaterializeKernelLaunch",
    "HoistGlobalBufferAllocations",
    "LowerOpaqueBlock",
    "FlattenBuffer",
    "tirx.AnnotateEntryFunc",
    "AnnotateDeviceRegions",
    "SplitHostDevice",
    "LowerDeviceKernelLaunch",
    "tirx.Filter",
    "tirx.Filter.2",
]
SIZES = {"length": 1024}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(length):
    @T.prim_func
    def main(A: T.Tensor((length,), "float32"), B: T.Tensor((length,), "float32")):
        with T.Kernel(length // 512, threads=128) as b:
            S = T.alloc_global((length,), "float32")
            for i in T.Parallel(512):
                S[b * 512 + i] = A[b * 512 + i] + 1.0
            for i in T.Parallel(512):
                B[b * 512 + i] = S[b * 512 + i] * 2.0

    return main


def inputs(rng, length):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(length)).float()}


def reference(A):
    return {"B": (A + 1) * 2}


def claim_the_host_allocates(trace):
    """The allocation stands before the launch."""
    before, launch, _ = trace.after("HoistGlobalBufferAllocations").partition("T.launch_thread(")
    assert launch and "S = T.sblock_alloc_buffer((1024,)" in before, "the kernel still allocates"
