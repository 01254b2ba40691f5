"""Recognises what a user's file calls a kernel: a PrimFunc, a `@tilelang.jit` factory, a function returning a PrimFunc.

Imported only after the file itself, which has imported tilelang already.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from tl_passlab.errors import UsageError

Builder = tuple[Callable[..., Any], dict[str, Any], dict[str, Any]]


def is_primfunc(thing: Any) -> bool:
    """Whether it is a TIR function; told by its type's name, which is the same in every era."""
    return type(thing).__name__ == "PrimFunc"


def is_jit(thing: Any) -> bool:
    """Whether it is a `@tilelang.jit` factory."""
    return hasattr(thing, "get_tir") and hasattr(thing, "pass_configs")


def kernel_names(module: ModuleType) -> list[str]:
    """The names of a module that look like kernels of its own, in order of definition."""
    certain = [n for n, v in vars(module).items() if not n.startswith("_") and (is_primfunc(v) or is_jit(v))]
    if certain:
        return certain
    functions = inspect.getmembers(module, inspect.isfunction)
    own = [(f.__code__.co_firstlineno, n) for n, f in functions if f.__module__ == module.__name__]
    return [name for _, name in sorted(own) if _mentions_kernel(getattr(module, name))]


def _mentions_kernel(function: Callable[..., Any]) -> bool:
    try:
        return "prim_func" in inspect.getsource(function)
    except OSError:
        return False


def builder(thing: Any, reference: str) -> Builder:
    """How to build the PrimFunc: a function of sizes, the sizes' defaults, and the pass configuration it asks for.

    Raises UsageError when the thing is no kernel.
    """
    if is_primfunc(thing):
        return (lambda: thing), {}, {}
    if is_jit(thing):
        configs = {str(getattr(k, "value", k)): v for k, v in (thing.pass_configs or {}).items()}
        build = _any_sizes(thing.get_tir) if _is_eager(thing) else _same_signature(thing.get_tir, thing)
        return build, _defaults(thing), configs
    if callable(thing):
        return _checked(thing, reference), _defaults(thing), {}
    why = (
        f"not a kernel but a {type(thing).__name__}: expected a T.prim_func, a function returning one, or tilelang.jit"
    )
    raise UsageError("kernel", reference, why)


def _is_eager(jit: Any) -> bool:
    """Whether a jit factory is of the eager style: its sizes are `T.const` names in its body, not parameters."""
    return jit.mode == "eager" or ".const(" in jit.func_source


def _any_sizes(build: Callable[..., Any]) -> Callable[..., Any]:
    """`build` for an eager factory: which sizes it needs is known only to its body."""
    return lambda **sizes: build(**sizes)


def _checked(function: Callable[..., Any], reference: str) -> Callable[..., Any]:
    def build(**sizes: Any) -> Any:
        result = function(**sizes)
        if is_jit(result):
            return result.get_tir()
        if not is_primfunc(result):
            raise UsageError("kernel", reference, f"it returned a {type(result).__name__}, not a T.prim_func")
        return result

    return _same_signature(build, function)


def _same_signature(build: Callable[..., Any], function: Any) -> Callable[..., Any]:
    """`build` under the parameters of the user's function, so that `--set` can be checked against them."""
    wrapped = lambda **sizes: build(**sizes)  # noqa: E731
    wrapped.__signature__ = _signature(function)  # type: ignore[attr-defined]
    return wrapped


def _signature(function: Any) -> inspect.Signature:
    """The parameters the user wrote; a jit factory keeps them in `signature`."""
    kept = getattr(function, "signature", None)
    return kept if isinstance(kept, inspect.Signature) else inspect.signature(function)


def _defaults(function: Any) -> dict[str, Any]:
    parameters: Mapping[str, inspect.Parameter] = _signature(function).parameters
    return {name: p.default for name, p in parameters.items() if p.default is not inspect.Parameter.empty}
