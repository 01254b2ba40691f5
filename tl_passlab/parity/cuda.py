"""Runs kernels on a CUDA device, compiled by nvcc and called through tvm-ffi.

Code of an older architecture than the device's (the sm_80 path on Hopper) is compiled to PTX, which the driver
translates: upstream's own choice, a cubin, loads only on its own architecture.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from tl_passlab.model import Case, Target
from tl_passlab.parity.line_directives import repeat_line_directives
from tl_passlab.parity.tilelang_program import TileLangProgram, compile_with_tilelang, declared

__all__ = ["TORCH_DEVICE", "compile_case", "declared", "device_name"]

TORCH_DEVICE = "cuda"


def compile_case(
    case: Case, target: Target, sizes: Mapping[str, Any], *, line_directives: bool = False
) -> TileLangProgram:
    """Compile for the target; foreign architectures as PTX."""
    import torch

    major, minor = torch.cuda.get_device_capability()
    foreign = target.arch.rstrip("af") != f"sm_{major}{minor}"
    with _nvcc_call(ptx=foreign, repeat_lines=line_directives):
        return compile_with_tilelang(case, target, sizes, torch.cuda.synchronize, line_directives=line_directives)


@contextlib.contextmanager
def _nvcc_call(*, ptx: bool, repeat_lines: bool) -> Iterator[None]:
    """While it lasts, upstream's call of nvcc is changed where asked."""
    from tilelang.contrib import nvcc

    compile_cuda = nvcc.compile_cuda

    def changed(code: str, target_format: str = "ptx", *args: Any, **kwargs: Any) -> Any:
        source = repeat_line_directives(code) if repeat_lines else code
        return compile_cuda(source, "ptx" if ptx else target_format, *args, **kwargs)

    nvcc.compile_cuda = changed
    try:
        yield
    finally:
        nvcc.compile_cuda = compile_cuda


def device_name() -> str:
    """The name the driver gives."""
    import torch

    return str(torch.cuda.get_device_name())
