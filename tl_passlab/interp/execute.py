"""Runs one boundary's module: finds its host and device functions, compiles them, executes them under a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tl_passlab.interp import launch
from tl_passlab.interp.arguments import Arguments
from tl_passlab.interp.boundaries import Stage
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.function import Function, compile_function, device_functions
from tl_passlab.interp.launch import Options, Run

DEVICE_TYPES = {"cuda": 2, "metal": 8, "hip": 10, "c": 1}


@dataclass
class Compiled:
    """A boundary ready to run."""

    entry: Function
    devices: dict[str, Function]

    def run(self, arguments: Arguments, options: Options) -> tuple[dict[str, Any], Run]:
        """Execute it on fresh copies of the arguments; returns every array afterwards."""
        return launch.execute(self.entry, arguments, self._resolve, options)

    def _resolve(self, name: str) -> Function:
        if name not in self.devices:
            raise Unsupported(f"call of {name}")
        return self.devices[name]


class Compiler:
    """Compiles boundaries in order; device-only modules run under the last host function seen."""

    def __init__(self) -> None:
        self._host: tuple[str, Any] | None = None

    def compile(self, stage: Stage) -> Compiled | None:
        """The boundary as something to run; None when it has no device code (the host half after the split)."""
        functions = device_functions(stage.module)
        device = {n: f for n, f in functions.items() if f.attrs is not None and "tirx.is_global_func" in f.attrs}
        host = {n: f for n, f in functions.items() if n not in device}
        if host and not device and self._is_half(host):
            return None
        if host:
            self._host = next(iter(host.items()))
        if self._host is None:
            raise Unsupported("a module without an entry function")
        if len(host) > 1:
            raise Unsupported("a module with several entry functions")
        entry = compile_function(*self._host, stage.level)
        return Compiled(entry, {n: compile_function(n, f, stage.level) for n, f in device.items()})

    @staticmethod
    def _is_half(host: dict[str, Any]) -> bool:
        """Whether host functions launch kernels that this module does not hold."""
        return all(
            f.attrs is not None
            and "calling_conv" in f.attrs
            and int(f.attrs["calling_conv"]) == 1
            and not _has_launch(f.body)
            for f in host.values()
        )


def _has_launch(body: Any) -> bool:
    from tl_passlab.interp.function import contains_kernel

    return contains_kernel(body)
