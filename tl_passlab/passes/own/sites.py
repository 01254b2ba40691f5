"""Where a kernel's tile operators were written: file and line, noted while the kernel is built.

Lanes before 0.1.15 keep no source positions in the IR, so the Python frames are read at the moment a tile call is made.
A kernel that was built before anyone watched, and a parallel loop, have a position only where the IR carries one.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tilelang
import tvm

MARK = "passlab.tile_op"
PREFIX = "tl.tileop."
NOT_OPERATORS = ("tl.tileop.region",)
PARALLEL = "parallel"

# Kernels are written in Python outside of these folders; frames inside are upstream's own.
_UPSTREAM = str(Path(tilelang.__file__).parent)


@dataclass(frozen=True)
class Site:
    """A tile operator as it was written: line 0 where nobody recorded it; `operands` as `A, B -> C`."""

    operator: str
    file: str = ""
    line: int = 0
    operands: str = ""


def is_operator(name: str) -> bool:
    """Whether an op of that name is a tile operator (a region only describes an operand)."""
    return name.startswith(PREFIX) and name not in NOT_OPERATORS


@contextlib.contextmanager
def recorded(sites: list[Site]) -> Iterator[None]:
    """While it lasts, every tile call that is made carries the number of the Site that is appended for it."""
    create = tvm.tirx.Call.__init__

    def create_marked(self: Any, dtype: Any, op: Any, args: Any, annotations: Any = None, span: Any = None) -> None:
        name = str(op if isinstance(op, str) else getattr(op, "name", ""))
        if is_operator(name) and not (annotations and MARK in annotations):
            annotations = {**dict(annotations or {}), MARK: tvm.tirx.IntImm("int32", len(sites))}
            sites.append(Site(name.removeprefix(PREFIX), *_calling_line(), operands(args)))
        create(self, dtype, op, args, annotations, span)

    tvm.tirx.Call.__init__ = create_marked
    try:
        yield
    finally:
        tvm.tirx.Call.__init__ = create


def _calling_line() -> tuple[str, int]:
    """File and line of the innermost frame that is neither upstream's nor this module's."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith((_UPSTREAM, "<")) and name != __file__:
            return name, frame.f_lineno
        frame = frame.f_back
    return "", 0


def position(statement: Any) -> tuple[str, int]:
    """File and line that the IR itself carries for a statement; empty on lanes that carry none."""
    read = tvm.ffi.get_global_func("tl.ir.GetStmtSpan", allow_missing=True)
    span = read(statement) if read is not None else None
    if span is None or span.source_name is None:
        return "", 0
    return str(span.source_name.name), int(span.line)


def operands(args: Any) -> str:
    """`A, B -> C` for a tile call on those buffers; the written one is the last."""
    names = []
    for arg in args:
        load = arg.args[0] if isinstance(arg, tvm.tirx.Call) and str(arg.op.name).endswith(".region") else arg
        buffer = getattr(load, "buffer", None)
        if buffer is not None and not buffer.scope().endswith("barrier"):
            names.append(str(buffer.name))
    return " -> ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
