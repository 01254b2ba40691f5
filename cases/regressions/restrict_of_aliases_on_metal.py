"""Metal: parameters that may be the same memory, and that the kernel names as such, are declared `__restrict`.

What to look at: HoistNonRestrictParams notes the two parameters; tirx.PointerValueTypeRewrite gives all of them vector
types, which are new variables, and leaves the note on the old ones; the code generator finds none of its parameters in
it. 0.1.11 declares nothing `__restrict`, and CUDA (`memory/parameters_that_alias`) has no such rewrite.
"""

import re

import tilelang.language as T

TARGETS = ["metal"]
WATCH = ["HoistNonRestrictParams", "tirx.PointerValueTypeRewrite"]
SIZES = {"length": 512}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}
KNOWN_BROKEN = {
    "claim_what_may_alias_is_not_restrict": {"0.1.15": "PointerValueTypeRewrite leaves the note on the old parameters"}
}


def kernel(length):
    @T.prim_func
    def main(A: T.Tensor((length,), "float32"), B: T.Tensor((length,), "float32"), C: T.Tensor((length,), "float32")):
        with T.Kernel(1, threads=128) as _:
            T.annotate_restrict_buffers(A, C)
            for i in T.Parallel(length):
                C[i] = A[i] + B[i]

    return main


def inputs(rng, length):
    from torch import from_numpy as tensor

    return {name: tensor(rng.standard_normal(length)).float() for name in "AB"}


def reference(A, B):
    return {"C": A + B}


def claim_what_may_alias_is_not_restrict(trace):
    """Neither A nor C has `__restrict`."""
    if trace.target != "metal":
        return
    found = re.findall(r"device float4?\* (__restrict )?(\w) \[\[ buffer", trace.source)
    promised = [name for mark, name in found if mark and name in "AC"]
    assert len(found) == 3 and not promised, f"restrict: {promised}"
