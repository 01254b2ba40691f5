"""Two warp groups multiply with one operand that all threads stored together (upstream issue 2613).

What to look at: all 256 threads fill A_shared, then each warp group fills its own B and multiplies. ThreadSync gives
the first group a barrier of its own 128 threads only, so it may read rows of A_shared that the other group has not
stored yet. The next store of A_shared races with slow readers in the same way in upstream's own example.
"""

import re

import tilelang.language as T

TARGETS = ["cuda:sm_90a"]
WATCH = ["ThreadSync.2"]
SIZES = {"K": 256}
NOT_ON = {"c": "one thread: there are no groups"}
KNOWN_BROKEN = {
    "claim_all_threads_meet_between_store_and_product": {
        "0.1.11": "the first product waits for its own warp group only (upstream issue 2613)",
        "0.1.15": "the first product waits for its own warp group only (upstream issue 2613)",
    }
}


def kernel(K):
    @T.prim_func
    def main(A: T.Tensor((64, K), "float16"), B: T.Tensor((K, 128), "float16"), C: T.Tensor((64, 128), "float32")):
        with T.Kernel(1, threads=256) as _:
            A_shared = T.alloc_shared((64, 32), "float16")
            B_first = T.alloc_shared((32, 64), "float16")
            B_second = T.alloc_shared((32, 64), "float16")
            C_first = T.alloc_fragment((64, 64), "float32")
            C_second = T.alloc_fragment((64, 64), "float32")
            with T.ws(0):
                T.clear(C_first)
            with T.ws(1):
                T.clear(C_second)
            for ko in range(K // 32):
                T.copy(A[0, ko * 32], A_shared)
                with T.ws(0):
                    T.copy(B[ko * 32, 0], B_first)
                    T.gemm(A_shared, B_first, C_first)
                with T.ws(1):
                    T.copy(B[ko * 32, 64], B_second)
                    T.gemm(A_shared, B_second, C_second)
            with T.ws(0):
                T.copy(C_first, C[0, 0])
            with T.ws(1):
                T.copy(C_second, C[0, 64])

    return main


def inputs(rng, K):
    from torch import from_numpy as tensor

    A, B = rng.standard_normal((64, K)), rng.standard_normal((K, 128)) / K**0.5
    return {"A": tensor(A).half(), "B": tensor(B).half()}


def reference(A, B):
    return {"C": A.double() @ B.double()}


def claim_all_threads_meet_between_store_and_product(trace):
    """Between the store of A_shared and each product there is a barrier of the whole block."""
    if trace.target != "cuda:sm_90a":
        return  # no WGMMA
    order = re.findall(r"(__syncthreads)\(|A_shared\) \+ .*= \*\(uint4\*\)\((A) \+|tl::(wgmma)_ss<", trace.source)
    steps = ["".join(step) for step in order]
    met = [("__syncthreads" in steps[steps.index("A") : i]) for i, step in enumerate(steps) if step == "wgmma"]
    assert met == [True, True], f"order in the loop: {steps}"
