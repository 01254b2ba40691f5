"""What it takes to be a runner: one way to execute a kernel. Each runner is a module with these names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tl_passlab.model import Case, Target


@dataclass(frozen=True)
class Parameter:
    """A buffer parameter of a kernel as declared; an extent known only at launch is None."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str


class Program(Protocol):
    """A compiled kernel."""

    @property
    def parameters(self) -> Sequence[Parameter]:
        """The parameters in the order `launch` takes their tensors."""

    def launch(self, tensors: Sequence[Any]) -> None:
        """Run once, in place, and return when the device has finished."""

    def enqueue(self, tensors: Sequence[Any]) -> None:
        """Run once without waiting: what the benchmark times."""


class Runner(Protocol):
    """A module that compiles cases for one kind of device and runs them from torch tensors."""

    @property
    def TORCH_DEVICE(self) -> str:
        """Where the tensors live: `cuda`, `mps`, `cpu`."""

    def compile_case(
        self, case: Case, target: Target, sizes: Mapping[str, Any], *, line_directives: bool = False
    ) -> Program:
        """Compile; with line directives, the debug information names the lines of the Python kernel."""

    def declared(self, case: Case, sizes: Mapping[str, Any]) -> tuple[Parameter, ...]:
        """The parameters of the kernel at those sizes, without compiling it."""

    def device_name(self) -> str:
        """What the driver calls the device."""
