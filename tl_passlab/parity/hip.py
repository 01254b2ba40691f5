"""Runs kernels on a ROCm device; torch calls it `cuda` there too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tl_passlab.model import Case, Target
from tl_passlab.parity.tilelang_program import TileLangProgram, compile_with_tilelang, declared

__all__ = ["TORCH_DEVICE", "compile_case", "declared", "device_name"]

TORCH_DEVICE = "cuda"


def compile_case(
    case: Case, target: Target, sizes: Mapping[str, Any], *, line_directives: bool = False
) -> TileLangProgram:
    """Compile with hipcc for the target's architecture."""
    import torch

    return compile_with_tilelang(case, target, sizes, torch.cuda.synchronize, line_directives=line_directives)


def device_name() -> str:
    """The name the driver gives."""
    import torch

    return str(torch.cuda.get_device_name())
