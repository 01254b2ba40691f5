"""Gives upstream's anonymous Python passes their names back.

A pass written in Python as `def pass_fn(...)` inside a factory registers itself as `pass_fn`: four different passes of
one pipeline share that name. The factory's name is in the function's qualified name, so it is taken from there while
the pass object is made.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tvm.ir.transform import PassInfo
from tvm.tirx.transform import function_pass

ANONYMOUS = ("pass_fn", "_pass_func", "_ftransform", "transform")


def factory_name(function: Any) -> str:
    """`AddWrapperForSingleBufStore` for the function `AddWrapperForSingleBufStore.<locals>.pass_fn`."""
    return str(getattr(function, "__qualname__", "pass_fn")).partition(".<locals>")[0]


@contextlib.contextmanager
def named_python_passes() -> Iterator[None]:
    """While it lasts, a Python pass created under an anonymous name gets its factory's."""
    api = function_pass._ffi_api
    create = api.CreatePrimFuncPass

    def create_named(function: Any, info: Any) -> Any:
        if info.name in ANONYMOUS:
            info = PassInfo(info.opt_level, factory_name(function), info.required, info.traceable)
        return create(function, info)

    api.CreatePrimFuncPass = create_named
    try:
        yield
    finally:
        api.CreatePrimFuncPass = create
