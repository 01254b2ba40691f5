"""A loop that does one thing or another, as the length of the input says: the condition is the same in each turn.

What to look at: s_tir.HoistIfThenElse makes two loops of it. LoopUnswitching, which runs before, leaves it alone: with
two branches that both do something it would double the code of larger loops.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["s_tir.HoistIfThenElse"]
SIZES = {"length": 1024}
NOT_ON = {"c": "no thread index there"}


def kernel(length):
    n = T.dynamic("n")

    @T.prim_func
    def main(A: T.Tensor((n,), "float32"), B: T.Tensor((length,), "float32")):
        with T.Kernel(length // 128, threads=128) as b:
            t = T.get_thread_binding()
            for k in T.serial(4):
                if n > 512:
                    B[b * 128 + t] = B[b * 128 + t] + A[(b * 128 + t + k) % 256]
                else:
                    B[b * 128 + t] = B[b * 128 + t] - A[(b * 128 + t + k) % 256]

    return main


def inputs(rng, length):
    from torch import from_numpy as tensor

    return {"A": tensor(rng.standard_normal(600)).float(), "B": tensor(rng.standard_normal(length)).float()}


def reference(A, B):
    from torch import arange

    taps = sum(A[(arange(len(B)) + k) % 256].double() for k in range(4))
    return {"B": B.double() + (taps if len(A) > 512 else -taps)}


def claim_the_condition_is_outside_of_the_loop(trace):
    """One condition, with a loop in each branch."""
    text = trace.after("s_tir.HoistIfThenElse")
    found = re.search(r"\n( +)if 512 < n:\n\1    for k .*\n.* \+ A\w*\[.*\n\1else:\n\1    for k .*\n.*\] - ", text)
    assert found and text.count("512 < n") == 1, "the condition is not outside of two loops"
