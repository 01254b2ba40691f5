"""Two of three parameters may be the same memory: the kernel says so, and they must not be `__restrict__`.

What to look at: HoistNonRestrictParams collects the annotation from the block and writes it onto the function, where
the code generator looks. B, which is not named, keeps `__restrict__`.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["HoistNonRestrictParams"]
SIZES = {"N": 512}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32"), C: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=128) as _:
            T.annotate_restrict_buffers(A, C)
            for i in T.Parallel(N):
                C[i] = A[i] + B[i]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {name: tensor(rng.standard_normal(N)).float() for name in "AB"}


def reference(A, B):
    return {"C": A + B}


def claim_the_named_parameters_may_alias(trace):
    """A and C have no `__restrict__`, B has it."""
    if not trace.target.startswith("cuda"):
        return
    parameters = re.search(r"__launch_bounds__\(\d+, 1\) main_kernel\((.*)\) \{", trace.source)[1]
    restrict = {name: bool(mark) for mark, name in re.findall(r"float\* (__restrict__ )?(\w)", parameters)}
    assert restrict == {"A": False, "B": True, "C": False}, f"restrict: {restrict}"
