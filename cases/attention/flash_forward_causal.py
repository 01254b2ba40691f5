"""Causal flash attention: a block of queries meets only the blocks of keys up to its own, the last one masked.

What to look at: the trip count of the pipelined loop is `bx + 1`, so the pipeline must work for any number of blocks,
one included. With TMA it does. With cp.async 0.1.15 cannot say how many groups may stay in flight: the operand of
`ptx_wait_group` is an expression, and the code generator wants a constant (0.1.11 guards each wait instead).
"""

from cases.attention import _flash
from cases.attention.flash_forward import inputs  # noqa: F401
from tl_passlab.query import after, before

TARGETS = ["cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized", "LayoutInference", "FuseMBarrierArriveExpectTx"]
SIZES = {"heads": 2, "seq": 256, "dim": 64}
NOT_ON = {
    "cuda:sm_80": {"0.1.15": "ptx_wait_group with a symbolic count: Downcast from tirx.Sub to ir.IntImm failed"},
    "hip:gfx950": {"0.1.15": "ptx_wait_group with a symbolic count: Downcast from tirx.Sub to ir.IntImm failed"},
    "metal": "T.reduce_max has no Metal implementation",
    "c": "LayoutInference finds no layout for `weights`",
}


def kernel(heads, seq, dim):
    return _flash.kernel(heads, seq, dim, causal=True)


def reference(Q, K, V):
    from torch import inf, ones_like

    scores = Q.double() @ K.double().mT / Q.shape[-1] ** 0.5
    future = ones_like(scores).triu(1).bool()
    return {"O": scores.masked_fill(future, -inf).softmax(-1) @ V.double()}


def claim_both_roles_run_the_same_number_of_blocks(trace):
    """Producer and consumer loops have the same extent, `bx + 1`: one more or less deadlocks on a barrier."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # one role
    extents = [loop.extent for loop in after(trace, "ProducerConsumerWarpSpecialized").loops("k")]
    assert extents == ["bx + 1", "bx + 1"], f"loop extents per role: {extents}"


def claim_no_score_starts_unmasked(trace):
    """Scores start from zero or minus infinity by their row and column, in every copy of the loop body."""
    stores = [store.text.partition(" = ")[2] for store in before(trace, "LayoutInference").stores("scores*")]
    starts = {value.partition("(")[0] for value in stores if "scores" not in value}
    assert starts == {"T.if_then_else"}, f"scores start from: {starts}"
