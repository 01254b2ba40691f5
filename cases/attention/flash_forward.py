"""Flash attention, forward: softmax(Q K^T / sqrt(d)) V one block of keys at a time, without storing the scores.

What to look at: K and V get two versions and barriers of their own, Q is loaded once and keeps one. The running
maximum and sum live in fragments whose layout LayoutInference derives from the accumulators of the two products.
"""

from cases.attention import _flash
from tl_passlab.query import after, before

TARGETS = ["cuda:sm_80", "cuda:sm_90a"]
WATCH = ["ProducerConsumerWarpSpecialized", "InjectSoftwarePipeline", "LayoutInference"]
SIZES = {"heads": 2, "seq": 256, "dim": 64}
NOT_ON = {"metal": "T.reduce_max has no Metal implementation", "c": "LayoutInference finds no layout for `weights`"}


def kernel(heads, seq, dim):
    return _flash.kernel(heads, seq, dim, causal=False)


def inputs(rng, heads, seq, dim):
    from torch import from_numpy as tensor

    return {name: tensor(rng.standard_normal((heads, seq, dim))).half() for name in "QKV"}


def reference(Q, K, V):
    scores = Q.double() @ K.double().mT / Q.shape[-1] ** 0.5
    return {"O": scores.softmax(-1) @ V.double()}


def claim_only_keys_and_values_are_versioned(trace):
    """Two versions of K and V, one of Q: the loop never reloads the queries."""
    if trace.target == "hip:gfx942":
        return  # no asynchronous copy there: num_stages is ignored
    found = {buffer.name[0]: buffer.shape for buffer in before(trace, "LayoutInference").allocs(name="[QKV]_shared")}
    assert found == {"Q": ("64", "64"), "K": ("2", "64", "64"), "V": ("2", "64", "64")}, f"shared buffers: {found}"


def claim_each_product_awaits_and_releases_its_operand(trace):
    """Consumers wait for Q once, then for K before the first product and V before the second, and release each."""
    if trace.target not in ("cuda:sm_90a", "cuda:sm_100a"):
        return  # not warp-specialised
    consumer = after(trace, "ProducerConsumerWarpSpecialized").branches("else")[-1]
    steps = consumer.ops("mbarrier_wait_parity", "ptx_arrive_barrier", "gemm")
    found = ["gemm" if op.name == "gemm" else op.args[0].partition("[")[2].rstrip("]") for op in steps]
    assert found == ["8", "k % 2", "gemm", "4 + k % 2", "2 + k % 2", "gemm", "6 + k % 2"], f"consumer steps: {found}"


# CHECK-AFTER(ProducerConsumerWarpSpecialized, cuda:sm_90a): if tx < 128:
# CHECK: T.tma_copy(T.region(K[
# CHECK: T.tma_copy(T.region(V[
# CHECK: else:
# CHECK: T.fill(T.region(acc[
# CHECK: for k in range(
# CHECK-NOT: T.tma_copy(
