"""One tensor read in boxes of two shapes: a TMA descriptor for each shape, built on the host and passed by value.

What to look at: LowerHopperIntrin moves every `create_tma_descriptor` out of the kernel, one host call for each
distinct one, and leaves a grid constant; one thread prefetches them. Two boxes must not share a descriptor.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["LowerHopperIntrin", "Simplify"]
SIZES = {"M": 128, "N": 64}
NOT_ON = {"cuda:sm_80": "no TMA there", "metal": "no mbarrier there", "c": "no mbarrier there"}


def kernel(M, N):
    @T.prim_func
    def main(A: T.Tensor((M, N), "float32"), B: T.Tensor((M, N), "float32")):
        with T.Kernel(M // 64, threads=128) as bx:
            wide = T.alloc_shared((64, 32), "float32")
            flat = T.alloc_shared((32, 32), "float32")
            full = T.alloc_barrier(128)
            T.tma_copy(A[bx * 64, 0], wide, barrier=full)
            T.tma_copy(A[bx * 64, 32], flat, barrier=full)
            T.mbarrier_arrive(full)
            T.mbarrier_wait_parity(full, 0)
            for i, j in T.Parallel(64, 32):
                B[bx * 64 + i, j] = wide[i, j]
            for i, j in T.Parallel(32, 32):
                B[bx * 64 + i, 32 + j] = flat[i, j]

    return main


def inputs(rng, M, N):
    from torch import from_numpy as tensor

    return {name: tensor(rng.standard_normal((M, N))).float() for name in "AB"}


def reference(A, B):
    A.view(-1, 64, 64)[:, 32:, 32:] = B.view(-1, 64, 64)[:, 32:, 32:]
    return {"B": A}


def claim_one_descriptor_for_each_box(trace):
    """Two host calls for A that differ in the rows of the box; the kernel uses each once."""
    text = trace.after("LowerHopperIntrin")
    made = re.findall(r'call_packed\("\w+_create_tiled", (\w+), 7, 2, A, 64, 128, 4, 256, (\d+), (\d+)', text)
    used = re.findall(r"T\.tma_load\((\w+),", text)
    assert [box for _, *box in made] == [["32", "64"], ["32", "32"]], f"descriptors: {made}"
    assert used == [name for name, *_ in made], f"descriptors used: {used}"


def claim_no_descriptor_is_made_on_the_device(trace):
    """Nothing but the host builds one, and the kernel takes them as grid constants."""
    assert "create_tma_descriptor" not in trace.after("LowerHopperIntrin"), "a descriptor is made in the kernel"
    passed = set(re.findall(r"__grid_constant__ const CUtensorMap (\w+)", trace.source))
    assert passed == set(re.findall(r"tma_load\((\w+),", trace.source)), f"descriptors passed: {passed}"
