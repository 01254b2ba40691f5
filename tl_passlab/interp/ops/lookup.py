"""Finds the function that models an operation. What is not in a table is unsupported."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.program import Code, Run

EXTERN = {"tirx.call_extern", "tirx.call_pure_extern"}


def name_of(call: Any) -> str:
    """The operation's name; for an external call, the function's."""
    name = getattr(call.op, "name", None)
    if name is None:
        return f"call of {call.op}"
    if name in EXTERN:
        return "extern " + str(call.args[0].value)
    return str(name)


def _tile_modules() -> list[Any]:
    from tl_passlab.interp.ops import reducer, tile_copy, tile_gemm, tile_reduce, tile_scan

    return [reducer, tile_copy, tile_gemm, tile_reduce, tile_scan]


def _thread_modules() -> list[Any]:
    from tl_passlab.interp import packed
    from tl_passlab.interp.ops import (
        atomic,
        cp_async,
        grid,
        host,
        im2col,
        ldmatrix,
        math,
        mma,
        mma_sparse,
        pointer,
        shuffle,
        simdgroup,
        sync,
        tcgen05,
        tcgen05_mma,
        thread_reduce,
        tma,
        wgmma,
        wide,
    )

    matrices = [ldmatrix, mma, mma_sparse, simdgroup, tcgen05, tcgen05_mma, wgmma]
    transfers = [atomic, cp_async, im2col, tma, wide]
    return [packed, grid, host, math, pointer, shuffle, sync, thread_reduce, *transfers, *matrices]


@functools.cache
def tables() -> tuple[dict[str, Any], dict[str, Any], frozenset[str]]:
    """All operations, those that may wait, and those that all lanes of an agent execute together."""
    plain: dict[str, Any] = {}
    blocking: dict[str, Any] = {}
    together: set[str] = set()
    for module in [*_thread_modules(), *_tile_modules()]:
        plain.update(getattr(module, "OPS", {}))
        blocking.update(getattr(module, "BLOCKING", {}))
        together.update(getattr(module, "TOGETHER", ()))
    return plain, blocking, frozenset(together | set(blocking))


def compile_call(b: Build, call: Any) -> Code:
    """Compile a call as an expression or a statement that does not wait."""
    name = name_of(call)
    plain = tables()[0]
    compiler: Callable[[Build, Any], Code] | None = plain.get(name)
    if compiler is None and name.startswith("extern "):
        from tl_passlab.interp.ops import extern

        compiler = extern.find(name.removeprefix("extern "))
    if compiler is None:
        raise Unsupported(name)
    return compiler(b, call)


def compile_blocking(b: Build, call: Any) -> Run | None:
    """Compile a call that may have to wait; None when this one never does."""
    if type(call).__name__ != "Call":
        return None
    compiler = tables()[1].get(name_of(call))
    if compiler is None:
        return None
    run: Run = compiler(b, call)
    return run


def is_collective(call: Any) -> bool:
    """Whether all lanes of an agent take part in a call, so that it must not run under a mask."""
    return type(call).__name__ == "Call" and name_of(call) in tables()[2]
