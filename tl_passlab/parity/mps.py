"""Runs Metal kernels through torch's MPS backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tl_passlab.model import Case, Target
from tl_passlab.parity.tilelang_program import TileLangProgram, compile_with_tilelang, declared

__all__ = ["TORCH_DEVICE", "compile_case", "declared", "device_name"]

TORCH_DEVICE = "mps"


def compile_case(
    case: Case, target: Target, sizes: Mapping[str, Any], *, line_directives: bool = False
) -> TileLangProgram:
    """Compile with torch's own Metal compiler, which is what upstream's torch backend calls."""
    import torch

    return compile_with_tilelang(case, target, sizes, torch.mps.synchronize, line_directives=line_directives)


def device_name() -> str:
    """Apple's one device has no name of its own in torch."""
    return "Apple MPS"
