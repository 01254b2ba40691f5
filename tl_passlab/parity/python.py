"""Plays kernels as Python functions on the CPU, so that everything around a device runs where there is none.

A case for it has `play(**sizes)`, which returns a function of the parameters that fills the outputs in place, and
`parameters(**sizes)`: name -> (shape, dtype). It proves the machinery, never a kernel of TileLang.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tl_passlab.model import Case, Target
from tl_passlab.parity.protocol import Parameter

TORCH_DEVICE = "cpu"


@dataclass(frozen=True)
class PlayedProgram:
    """A Python function under the interface of a compiled kernel."""

    parameters: tuple[Parameter, ...]
    function: Callable[..., None]

    def launch(self, tensors: Sequence[Any]) -> None:
        """Call the function."""
        self.function(*tensors)

    enqueue = launch


def compile_case(
    case: Case, target: Target, sizes: Mapping[str, Any], *, line_directives: bool = False
) -> PlayedProgram:
    """Ask the case for the function that plays it."""
    module = sys.modules[case.build.__module__]
    return PlayedProgram(declared(case, sizes), module.play(**{**case.info.sizes, **sizes}))


def declared(case: Case, sizes: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """The parameters that the case declares."""
    module = sys.modules[case.build.__module__]
    found = module.parameters(**{**case.info.sizes, **sizes})
    return tuple(Parameter(name, tuple(shape), dtype) for name, (shape, dtype) in found.items())


def device_name() -> str:
    """No device at all."""
    return "Python on the CPU"
