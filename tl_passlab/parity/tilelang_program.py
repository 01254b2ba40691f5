"""A kernel compiled by tilelang and called with torch tensors: what the cuda, hip and mps runners share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tl_passlab.model import Case, Target
from tl_passlab.parity.protocol import Parameter


@dataclass(frozen=True)
class TileLangProgram:
    """The JIT kernel of upstream, and how to wait for the device."""

    parameters: tuple[Parameter, ...]
    kernel: Any
    wait: Callable[[], None]

    def launch(self, tensors: Sequence[Any]) -> None:
        """Run once and wait: an error of the kernel surfaces here, not at some later call."""
        self.kernel(*tensors)
        self.wait()

    def enqueue(self, tensors: Sequence[Any]) -> None:
        """Run once without waiting."""
        self.kernel(*tensors)


def compile_with_tilelang(
    case: Case, target: Target, sizes: Mapping[str, Any], wait: Callable[[], None], *, line_directives: bool
) -> TileLangProgram:
    """Compile a case the way a user would: `tilelang.compile` with the pass configuration of the case."""
    import tilelang

    from tl_passlab.compat.lowering import tvm_target

    function = case.build(**{**case.info.sizes, **sizes})
    configs = dict(case.pass_configs)
    if line_directives:
        configs["tl.emit_line_directives"] = True
    kernel = tilelang.compile(function, target=tvm_target(target), pass_configs=configs)
    return TileLangProgram(signature(function), kernel, wait)


def declared(case: Case, sizes: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """The parameters of the kernel at those sizes, without compiling it."""
    import tl_passlab.compat  # noqa: F401  a kernel is TIR: building it needs tilelang, with its pins checked

    return signature(case.build(**{**case.info.sizes, **sizes}))


def signature(function: Any) -> tuple[Parameter, ...]:
    """The buffer parameters of a PrimFunc, in order."""
    buffers = [function.buffer_map[param] for param in function.params if param in function.buffer_map]
    return tuple(
        Parameter(str(b.name), tuple(int(e) if hasattr(e, "value") else None for e in b.shape), str(b.dtype))
        for b in buffers
    )
