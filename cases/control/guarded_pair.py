"""Two statements under one condition: split while the pipeline is planned, joined again at the end.

What to look at: IfStmtBinding gives each statement an `if` of its own, so that a pipelined loop could order them apart;
MergeIfStmt makes one `if` of neighbours with the same condition.
"""

import tilelang.language as T

from tl_passlab.query import after

TARGETS = ["cuda:sm_80", "metal"]
WATCH = ["IfStmtBinding", "MergeIfStmt"]
SIZES = {"N": 128}
NOT_ON = {"c": "no thread index there"}


def kernel(N):
    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32"), C: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=N):
            t = T.get_thread_binding()
            if t < N // 2:
                B[t] = A[t]
                C[t] = A[t] + A[t]

    return main


def inputs(rng, N):
    from torch import from_numpy as tensor

    return {name: tensor(rng.standard_normal(N)).float() for name in "ABC"}


def reference(A, B, C):
    half = len(A) // 2
    B, C = B.clone(), C.clone()
    B[:half], C[:half] = A[:half], 2 * A[:half]
    return {"B": B, "C": C}


def claim_each_statement_is_guarded_by_itself(trace):
    """After IfStmtBinding two conditions stand where one was."""
    guards = after(trace, "IfStmtBinding").text.count("if t < 64:")
    assert guards == 2, f"{guards} conditions"


def claim_neighbours_share_a_condition_again(trace):
    """After MergeIfStmt there is one condition, and both stores are under it."""
    lines = after(trace, "MergeIfStmt").text.splitlines()
    at = [k for k, line in enumerate(lines) if "< 64:" in line]
    depth = [len(line) - len(line.lstrip()) for line in lines]
    assert len(at) == 1, f"{len(at)} conditions"
    assert depth[at[0] + 1] == depth[at[0] + 2] > depth[at[0]], "a store is outside of the condition"
