"""Half a vector is not half the work: float16 is loaded eight at a time, float32 stored four at a time.

What to look at: DecoupleTypeCast splits the load from the cast, so that the load keeps its eight lanes;
LegalizeVectorizedLoop cuts the cast, whose float32 side would be 32 bytes wide, into two of four lanes.
HoistBroadcastValues gives the vector of twos a scalar to be made of.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["DecoupleTypeCast", "LegalizeVectorizedLoop", "HoistBroadcastValues"]
SIZES = {"length": 2048}
NOT_ON = {"c": {"0.1.11": "this lane has no code generator for C"}}


def kernel(length):
    @T.prim_func
    def main(A: T.Tensor((length,), "float16"), B: T.Tensor((length,), "float32")):
        with T.Kernel(length // 1024, threads=128) as b:
            wide = T.alloc_fragment((1024,), "float32")
            for i in T.Parallel(1024):
                wide[i] = A[b * 1024 + i]
            for i in T.Parallel(1024):
                B[b * 1024 + i] = wide[i] * 2.0

    return main


def inputs(rng, length):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(length)).half()}


def reference(A):
    return {"B": A.float() * 2}


def claim_the_load_keeps_eight_lanes(trace):
    """The load of A stands in a loop of eight lanes, without a cast."""
    text = trace.after("DecoupleTypeCast")
    load = re.search(r"in T\.vectorized\((\d+)\):\n +\w+\[\w+\] = A\[.*\]\n", text)
    assert load and load[1] == "8", "the load of A is not one of eight lanes without a cast"


def claim_no_cast_is_wider_than_a_register_of_four(trace):
    """After LegalizeVectorizedLoop the cast has four lanes."""
    text = trace.after("LegalizeVectorizedLoop")
    lanes = re.search(r"in T\.vectorized\((\d+)\):\n +wide\[.*T\.Cast\(\"float32\"", text)
    assert lanes and lanes[1] == "4", f"the cast has {lanes and lanes[1]} lanes"
