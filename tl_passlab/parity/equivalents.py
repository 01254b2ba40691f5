"""What torch itself offers for a case, in the case's own types: the peer of `passlab bench --against torch`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tl_passlab.model import CaseInfo

Peer = Callable[[Mapping[str, Any]], Any]


def peer_of(case: CaseInfo) -> tuple[str, Peer] | None:
    """The name of the operation and a function of the inputs; None where torch has no single equivalent."""
    return PEERS.get(case.name) or PEERS.get(case.topic)


def _matmul(inputs: Mapping[str, Any]) -> Any:
    return inputs["A"] @ inputs["B"]


def _attention(causal: bool) -> Peer:
    def attend(inputs: Mapping[str, Any]) -> Any:
        import torch

        q, k, v = (inputs[name][None] for name in "QKV")
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)

    return attend


def _gathered(inputs: Mapping[str, Any]) -> Any:
    return inputs["A"] @ inputs["B"][inputs["rows"]].T


def _bias(inputs: Mapping[str, Any]) -> Any:
    return (inputs["A"] @ inputs["B"]) + inputs["bias"]


# A topic, or a case where it differs from its topic.
PEERS: dict[str, tuple[str, Peer]] = {
    "pipeline": ("A @ B (cuBLAS, half output)", _matmul),
    "pipeline/mixed_tma_cp_async": ("A @ B[rows].T (index, then cuBLAS, half output)", _gathered),
    "dynamic": ("A @ B (cuBLAS, half output)", _matmul),
    "layout/padded_layout": ("A @ B (cuBLAS, half output)", _matmul),
    "layout/swizzled_layout": ("A @ B (cuBLAS, half output)", _matmul),
    "layout/transpose": ("A.T.contiguous()", lambda inputs: inputs["A"].T.contiguous()),
    "metal/simdgroup_gemm": ("A @ B (half output)", _matmul),
    "warp_specialize/gemm_without_warp_specialization": ("A @ B (cuBLAS, half output)", _matmul),
    "warp_specialize/consumer_only_init": ("A @ B + bias (cuBLAS, then add)", _bias),
    "attention/flash_forward": ("scaled_dot_product_attention", _attention(False)),
    "attention/flash_forward_causal": ("scaled_dot_product_attention, causal", _attention(True)),
    "elementwise/add": ("A + B", lambda inputs: inputs["A"] + inputs["B"]),
    "reduce/row_sum": ("X.sum(1)", lambda inputs: inputs["X"].sum(1)),
    "reduce/row_softmax": ("X.softmax(1)", lambda inputs: inputs["X"].softmax(1)),
    "reduce/cumsum": ("X.cumsum(1)", lambda inputs: inputs["X"].cumsum(1)),
}
