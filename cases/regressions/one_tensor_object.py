"""Three parameters annotated with one T.Tensor object become one buffer.

What to look at: the object is the buffer, so a name for the annotation (`vector = T.Tensor(...)`) makes A, B and C the
same memory, silently: the generated kernel has one parameter and computes C + C. Written out three times it is right.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80"]
WATCH = ["MakePackedAPI"]
SIZES = {"N": 128}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}
KNOWN_BROKEN = {
    "claim_the_kernel_has_three_parameters": {
        "0.1.11": "parameters annotated with one object are one buffer",
        "0.1.15": "parameters annotated with one object are one buffer",
    }
}


def kernel(N):
    vector = T.Tensor((N,), "float32")

    @T.prim_func
    def main(A: vector, B: vector, C: vector):
        with T.Kernel(1, threads=128) as _:
            for i in T.Parallel(N):
                C[i] = A[i] + B[i]

    return main


def claim_the_kernel_has_three_parameters(trace):
    """A and B are read, C is written."""
    if not trace.target.startswith("cuda"):
        return  # the signature is written differently
    parameters = re.search(r"__launch_bounds__\(128, 1\) main_kernel\((.*)\) \{", trace.source)[1]
    names = re.findall(r"float\* __restrict__ (\w+)", parameters)
    assert sorted(names) == ["A", "B", "C"], f"parameters: {names}"
