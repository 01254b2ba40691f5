"""Three shared buffers in a chain: the third may take the place of the first, which nobody reads any more.

What to look at: MergeSharedMemoryAllocations lays all of them into one arena of bytes. `first` is dead before `third`
is written, so they share an offset; `second` is alive beside both. ThreadSync must keep their accesses apart.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["MergeSharedMemoryAllocations", "ThreadSync.2"]
SIZES = {"N": 256}
NOT_ON = {"c": "it has room for one shared buffer"}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=128) as _:
            first = T.alloc_shared((N,), "float32")
            second = T.alloc_shared((N,), "float32")
            third = T.alloc_shared((N,), "float32")
            T.copy(A, first)
            for i in T.Parallel(N):
                second[i] = first[N - 1 - i]
            for i in T.Parallel(N):
                third[i] = second[i] + second[N - 1 - i]
            for i in T.Parallel(N):
                B[i] = third[(i + 1) % N]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).float()}


def reference(A):
    return {"B": (A + A.flip(0)).roll(-1)}


def claim_only_the_dead_buffer_gives_up_its_place(trace):
    """`first` and `third` at 0, `second` behind them: 2,048 bytes for 3,072."""
    if trace.target != "cuda:sm_80":
        return
    text = trace.after("MergeSharedMemoryAllocations")
    offsets = dict(re.findall(r"(\w+): T\.handle\(.*handle_add_byte_offset\(buf_dyn_shmem\.data, (\d+)\)", text))
    size = re.search(r'buf_dyn_shmem = T\.alloc_buffer\(\((\d+),\), "uint8"', text)[1]
    assert (offsets, size) == ({"first": "0", "second": "1024", "third": "0"}, "2048"), f"{size} bytes: {offsets}"


def claim_a_barrier_before_memory_changes_hands(trace):
    """Write first, barrier, read it, barrier, write third, barrier, read it."""
    if trace.target != "cuda:sm_80":
        return
    steps = re.findall(r"(storage_sync)|(first|third)\w*\[.*\] = |= (first|third)", trace.after("ThreadSync.2"))
    assert ["".join(s)[:5] for s in steps] == ["first", "stora", "first", "stora", "third", "stora", "third"], steps
