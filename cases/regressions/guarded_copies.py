"""A condition read from memory guards the copies of a pipelined loop (upstream issue 2876).

What to look at: on sm_80 PipelinePlanning does not mark copies under an `if` as asynchronous, so LowerTileOp writes
plain loads and stores. The result is right, but the loop no longer overlaps anything: each iteration waits for memory.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["PipelinePlanning"]
SIZES = {"K": 8}
NOT_ON = {"c": "T.clear takes no fragment there"}
KNOWN_BROKEN = {"claim_copies_stay_asynchronous": {"0.1.11": "upstream issue 2876", "0.1.15": "upstream issue 2876"}}


def kernel(K):
    @T.prim_func
    def main(A: T.Tensor((K, 1024), "float32"), keep: T.Tensor((K,), "int32"), C: T.Tensor((1024,), "float32")):
        with T.Kernel(1, threads=128) as _:
            row = T.alloc_shared((1024,), "float32")
            total = T.alloc_fragment((1024,), "float32")
            T.clear(total)
            for ko in T.Pipelined(K, num_stages=2):
                if keep[ko] != 0:
                    T.copy(A[ko, 0], row)
                    for i in T.Parallel(1024):
                        total[i] += row[i]
            T.copy(total, C)

    return main


def inputs(rng, K):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal((K, 1024))).float(), "keep": tensor(rng.integers(0, 2, K)).int()}


def reference(A, keep):
    return {"C": (A.double() * (keep != 0)[:, None]).sum(0)}


def claim_copies_stay_asynchronous(trace):
    """Global memory reaches the shared row by cp.async alone, committed and awaited."""
    if trace.target != "cuda:sm_80":
        return  # TMA, or no asynchronous copy at all
    plain = re.findall(r"\*\(float\d\*\)\(row \+.*= \*\(float\d\*\)\(A \+", trace.source)
    groups = re.findall(r"tl::cp_async_(gs|commit|wait)", trace.source)
    assert not plain and {"gs", "commit", "wait"} <= set(groups), f"{len(plain)} plain copies, groups: {groups}"


def claim_the_next_version_is_filled_while_one_is_read(trace):
    """The loop writes the one of two versions that it does not read."""
    if trace.target != "cuda:sm_80":
        return
    loop = trace.before("LayoutInference").partition("for ko in")[2]
    versions = re.findall(r"T\.copy\(.*row\[(.*?), 0\]|\+ row\[(.*?), i\]", loop)[:2]
    assert versions == [("(ko + 1) % 2", ""), ("", "ko % 2")], f"version written, version read: {versions}"
