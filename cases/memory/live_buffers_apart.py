"""Two shared buffers of different types, both alive until the end: neither may take the other's place.

What to look at: MergeSharedMemoryAllocations lays them one behind the other, each at an offset that suits its type.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["MergeSharedMemoryAllocations"]
SIZES = {"N": 256}
NOT_ON = {"c": "it has room for one shared buffer"}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float16"), C: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=128) as _:
            wide = T.alloc_shared((N,), "float32")
            narrow = T.alloc_shared((N,), "float16")
            T.copy(A, wide)
            T.copy(B, narrow)
            for i in T.Parallel(N):
                C[i] = wide[N - 1 - i] + narrow[N - 1 - i]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).float(), "B": tensor(rng.standard_normal(N)).half()}


def reference(A, B):
    return {"C": (A + B.float()).flip(0)}


def claim_the_arena_holds_both(trace):
    """No byte belongs to both: 1,024 bytes of floats and 512 of halves, in an arena that ends behind the last."""
    if trace.target != "cuda:sm_80":
        return
    text = trace.after("MergeSharedMemoryAllocations")
    starts = dict(re.findall(r"(\w+): T\.handle\(.*handle_add_byte_offset\(buf_dyn_shmem\.data, (\d+)\)", text))
    size = int(re.search(r'buf_dyn_shmem = T\.alloc_buffer\(\((\d+),\), "uint8"', text)[1])
    used = {byte for name, bytes_ in (("wide", 1024), ("narrow", 512)) for byte in bytes_from(starts[name], bytes_)}
    assert len(used) == 1536 and max(used) < size, f"{len(used)} different bytes of {size}: {starts}"


def bytes_from(start, count):
    return range(int(start), int(start) + count)
