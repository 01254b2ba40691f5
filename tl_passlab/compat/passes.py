"""Upstream's pass objects: the ones its own pipeline makes, with its own arguments, and the ones no pipeline runs.

Nothing here repeats the order or the arguments of a pipeline. Every pass of a pipeline is called from Python through
`Pass.__call__`, so that is where a run is watched, stopped, or altered.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import tvm
from tvm.ir.transform import Pass

from tl_passlab.compat import era, lowering
from tl_passlab.compat.probe import probe_kernel
from tl_passlab.events import occurrence_names
from tl_passlab.model import Target

# hook(qualified pass name, pass object, module) -> the module the pipeline goes on with.
Hook = Callable[[str, Any, Any], Any]


class Stop(Exception):
    """Ends a lowering at a chosen pass; carries the module that pass would have received."""

    def __init__(self, mod: Any) -> None:
        super().__init__("stopped before the chosen pass")
        self.mod = mod


@contextlib.contextmanager
def hooked(hook: Hook) -> Iterator[None]:
    """While it lasts, `hook` runs in place of every pass of depth 0 that Python calls."""
    call = Pass.__call__
    names: list[str] = []
    inside = False

    def hooked_call(self: Any, mod: Any) -> Any:
        nonlocal inside
        if inside:
            return call(self, mod)
        names.append(str(self.info.name))
        inside = True
        try:
            return hook(occurrence_names(names)[-1], functools.partial(call, self), mod)
        finally:
            inside = False

    Pass.__call__ = hooked_call
    try:
        yield
    finally:
        Pass.__call__ = call


@functools.cache
def pipeline(target: Target) -> Mapping[str, Any]:
    """Occurrence-qualified name -> pass (a callable on modules), in order, as one run of a probe kernel used them.

    Passes that upstream runs only for some kernels or configurations and not for the probe are absent.
    """
    found: dict[str, Any] = {}

    def note(name: str, run: Any, mod: Any) -> Any:
        found[name] = run
        return run(mod)

    with lowering.pass_context(target, {}):
        func = probe_kernel(target)
    # A code generator that cannot print the probe (C before 0.1.14) has run every pass by then.
    with hooked(note), contextlib.suppress(tvm.error.InternalError):
        lowering.lower(func, target, {})
    return found


def module_before(func: Any, target: Target, configs: Mapping[str, Any], name: str) -> Any | None:
    """The module that upstream's pipeline hands to the pass of that qualified name; None when it never runs it."""

    def stop(running: str, run: Any, mod: Any) -> Any:
        if running.lower() == name.lower():
            raise Stop(mod)
        return run(mod)

    try:
        with hooked(stop):
            lowering.lower(func, target, configs)
    except Stop as stopped:
        return stopped.mod
    return None


def standalone(name: str) -> Any | None:
    """A pass that no pipeline runs, by name, made with its default arguments; None when this lane has none."""
    for module_name in era().PASS_MODULES:
        with contextlib.suppress(ImportError):
            factory = getattr(importlib.import_module(module_name), name, None)
            if isinstance(factory, Pass):
                return factory
            if callable(factory):
                made = factory()
                if isinstance(made, Pass):
                    return made
    factory = tvm.ffi.get_global_func(f"tl.transform.{name}", allow_missing=True)
    return factory() if factory is not None else None


def bind_target(mod: Any, target: Target) -> Any:
    """The module with the target bound to the functions that have none."""
    if all("target" in (func.attrs or {}) for func in mod.functions.values()):
        return mod
    return tvm.tirx.transform.BindTarget(tvm.target.Target(lowering.tvm_target(target), lowering.HOST))(mod)


def as_module(func: Any) -> Any:
    """A module with the one function, under its own name."""
    return tvm.IRModule({str(func.attrs["global_symbol"]): func})


__all__ = ["Hook", "as_module", "bind_target", "hooked", "module_before", "pipeline", "standalone"]
