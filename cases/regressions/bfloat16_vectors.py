"""Metal: a vectorised copy of bfloat16 (upstream issue 2421, pull requests 2437 and 3194).

What to look at: LayoutInference vectorises the loop by four. The Metal code generator has no name for a vector of four
bfloat16 and prints the scalar type with the vector's index: `B[tid * 4 / 4] = A[tid * 4 / 4]` copies one element of
four.
"""

import re

import tilelang.language as T

TARGETS = ["metal"]
WATCH = ["VectorizeLoop", "tirx.PointerValueTypeRewrite"]
SIZES = {"N": 512}
NOT_ON = {"c": "this code generator knows no bfloat16"}
KNOWN_BROKEN = {
    "claim_each_thread_moves_all_of_its_elements": {
        "0.1.11": "a vector of bfloat16 is printed as a scalar (upstream pull request 3194)",
        "0.1.15": "a vector of bfloat16 is printed as a scalar (upstream pull request 3194)",
    }
}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "bfloat16"), B: T.Tensor((N,), "bfloat16")):
        with T.Kernel(1, threads=128) as _:
            for i in T.Parallel(N):
                B[i] = A[i]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(N)).bfloat16()}


def reference(A):
    return {"B": A}


def claim_each_thread_moves_all_of_its_elements(trace):
    """Where an index counts vectors of four, the pointer's element is one of eight bytes, not a scalar."""
    if trace.target != "metal":
        return
    assert "* 4) / 4)] = " in trace.source, "the copy is not vectorised by four"
    types = set(re.findall(r"device (\w+)\* (?:__restrict )?[AB] ", trace.source))
    assert types <= {"bfloat4", "uint2", "half4", "ushort4"}, f"element types of A and B: {types}"
