"""Lowers the small kernels of `tests.passes.kernels` and keeps what one pass was given and gave back, as text."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tests.passes import kernels
from tl_passlab.targets import parse_target


@functools.lru_cache(maxsize=32)
def boundaries(kernel: str, spec: str, *arguments: Any, auto: str = "") -> dict[str, tuple[str, str]]:
    """Qualified pass name -> text before and after; `auto` names the scheduler of AutoWarpSpecialization."""
    from tl_passlab.compat import passes
    from tl_passlab.compat.printer import print_module
    from tl_passlab.normalise.tir import normalise_tir

    found: dict[str, tuple[str, str]] = {}

    def watch(name: str, run: Callable[[Any], Any], mod: Any) -> Any:
        after = run(mod)
        found[name] = (normalise_tir(print_module(mod)), normalise_tir(print_module(after)))
        return after

    configs = {"tl.enable_auto_warp_specialization": auto} if auto else {}
    _lower(watch, kernel, spec, arguments, configs, passes)
    return found


def _lower(
    hook: Callable[..., Any], kernel: str, spec: str, arguments: Any, configs: dict[str, str], door: Any
) -> None:
    from tl_passlab.compat import lowering

    target = parse_target(spec)
    with lowering.pass_context(target, configs):
        func = getattr(kernels, kernel)(*arguments)
    with door.hooked(hook):
        lowering.lower(func, target, configs)


def given_to(pass_name: str, kernel: str, spec: str) -> tuple[str, Any]:
    """The module that upstream's pipeline hands to a pass, as text and as an object."""
    from tl_passlab.compat import lowering, passes
    from tl_passlab.compat.printer import print_module
    from tl_passlab.normalise.tir import normalise_tir

    target = parse_target(spec)
    with lowering.pass_context(target, {}):
        func = getattr(kernels, kernel)()
    mod = passes.module_before(func, target, {}, pass_name)
    return normalise_tir(print_module(mod)), mod
