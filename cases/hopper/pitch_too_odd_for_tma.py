"""Two copies of one box; the rows of one tensor are 256 bytes apart, those of the other 200: no multiple of 16.

What to look at: LowerTileOp makes a TMA load of the first, and falls back to vector accesses for the second, whose
pitch no descriptor can hold. Nobody says so: only the instructions tell. All producers write the second tile, but one
thread arrives for them: ThreadSync lets them meet before it does.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["LowerTileOp", "ThreadSync.2"]
SIZES = {"M": 128}
NOT_ON = {
    "c": {"0.1.11": "this lane has no code generator for C", "0.1.15": "one dynamic shared allocation at most there"}
}


def kernel(M):
    @T.prim_func
    def main(A: T.Tensor((M, 128), "float16"), Odd: T.Tensor((M, 100), "float16"), C: T.Tensor((M, 64), "float16")):
        with T.Kernel(1, threads=128):
            tile = T.alloc_shared((64, 64), "float16")
            other = T.alloc_shared((64, 64), "float16")
            for k in T.Pipelined(M // 64, num_stages=2):
                T.copy(A[k * 64, 0], tile)
                T.copy(Odd[k * 64, 0], other)
                for i, j in T.Parallel(64, 64):
                    C[k * 64 + i, j] = tile[i, j] + other[i, j]

    return main


def inputs(rng, M):
    from torch import from_numpy as tensor

    A, Odd = (tensor(rng.standard_normal((M, columns))).half() for columns in (128, 100))
    return {"A": A, "Odd": Odd}


def reference(A, Odd):
    return {"C": A[:, :64] + Odd[:, :64]}


def claim_only_the_even_pitch_is_a_descriptor(trace):
    """A has a descriptor, Odd is read by the threads."""
    text = trace.after("LowerTileOp")
    made = re.findall(r"create_tma_descriptor\(\d+, \d+, (\w+)", text)
    assert made == ["A"] and re.search(r"other\w*\[.*\] = Odd\w*\[", text), f"descriptors of {made}"


def claim_producers_meet_before_one_arrives(trace):
    """A barrier of the producers stands between the stores of the tile and the arrival."""
    steps = re.findall(r"other\)? .*(=) \*|(__sync_thread_partial)|(arrive_and_expect_tx)", trace.source)
    names = ["".join(step) for step in steps]
    assert names[-3:] == ["=", "__sync_thread_partial", "arrive_and_expect_tx"], f"steps: {names}"
