"""Where the IR of tilelang 0.1.10-0.1.13 and of 0.1.14-0.1.15 spells the same thing differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tl_passlab.interp.errors import Unsupported

REGION_NAMES = ("tl.region", "tl.tileop.region")
GEMM_NAMES = ("tl.tileop.gemm", "tl.tileop.wgmma_gemm", "tl.tileop.tcgen05_gemm", "tl.tileop.gemm_py")
SHORT_GEMM_ARGUMENTS = 13


@dataclass(frozen=True)
class GemmArguments:
    """The operands of a tile-level GEMM, by meaning; `barrier` is None when completion is not signalled."""

    a: Any
    b: Any
    c: Any
    transpose_a: bool
    transpose_b: bool
    clear: Any
    barrier: Any


def gemm_arguments(call: Any) -> GemmArguments:
    """Positions are A, B, C, transA, transB, M, N, K, policy, clear; the barrier moved when 0.1.15 dropped strides."""
    args = list(call.args)
    barrier = args[10] if len(args) <= SHORT_GEMM_ARGUMENTS else args[16] if len(args) > 16 else None
    if type(barrier).__name__ == "IntImm":
        barrier = None
    return GemmArguments(args[0], args[1], args[2], bool(literal(args[3])), bool(literal(args[4])), args[9], barrier)


def is_region(node: Any) -> bool:
    """Whether an argument is a tile region call."""
    return type(node).__name__ == "Call" and getattr(node.op, "name", "") in REGION_NAMES


def notes_of(call: Any) -> dict[str, Any]:
    """The annotations of a call by plain name."""
    return {str(k): v for k, v in (call.annotations or {}).items()}


def flag(call: Any, name: str) -> bool:
    """Whether an annotation is present and not zero."""
    value = notes_of(call).get(name)
    return value is not None and bool(int(value))


def literal(node: Any) -> int:
    """The value of an argument that the IR must give as a constant."""
    value = getattr(node, "value", node)
    if type(node).__name__ == "Cast":
        return literal(value)
    if not isinstance(value, (int, bool)):
        raise Unsupported(f"argument {node} that is not a constant")
    return int(value)
