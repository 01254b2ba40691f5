"""Nobody says that parameters may be the same memory: all of them are `__restrict__`, read-only ones const too.

What to look at: HoistNonRestrictParams writes an empty list onto the function. The case next to it,
`parameters_that_alias`, is the kernel with an annotation.
"""

import re

import tilelang.language as T

from cases.memory.parameters_that_alias import inputs, reference  # noqa: F401

TARGETS = ["cuda:sm_80"]
WATCH = ["HoistNonRestrictParams", "AnnotateReadOnlyParams"]
SIZES = {"N": 512}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32"), C: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=128) as _:
            for i in T.Parallel(N):
                C[i] = A[i] + B[i]

    return main


def claim_every_parameter_is_restrict(trace):
    """A and B are read only, C is written."""
    if not trace.target.startswith("cuda"):
        return
    parameters = re.search(r"__launch_bounds__\(\d+, 1\) main_kernel\((.*)\) \{", trace.source)[1]
    found = sorted(parameters.split(", "))
    wanted = ["const float* __restrict__ A", "const float* __restrict__ B", "float* __restrict__ C"]
    assert found == wanted, f"parameters: {found}"
