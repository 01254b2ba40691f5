"""What a lowered tile operator consists of: its instructions, and the memory accesses where there are none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import tvm

from tl_passlab.passes.own.instruction_kinds import MECHANISM
from tl_passlab.passes.own.walk import nodes


@dataclass(frozen=True)
class Access:
    """One store statement: where to, from which scope, how many elements of what type at once."""

    target: str
    scope: str
    source_scope: str
    dtype: str

    @property
    def lanes(self) -> int:
        """Elements moved at once."""
        head, x, tail = self.dtype.rpartition("x")
        return int(tail) if x and head and tail.isdigit() else 1


@dataclass
class Emitted:
    """Counts of the call statements and of the stores below one or several statements."""

    calls: Counter[str] = field(default_factory=Counter)
    accesses: Counter[Access] = field(default_factory=Counter)

    def add(self, statement: Any) -> None:
        """Count what stands below a statement."""
        for node in nodes(statement):
            if isinstance(node, tvm.tirx.Call):
                self.calls[call_name(node)] += 1
            elif isinstance(node, tvm.tirx.BufferStore):
                self.accesses[_access(node)] += 1

    def instructions(self) -> dict[str, int]:
        """The calls that are instructions or library functions, without address arithmetic and the like."""
        return {name: count for name, count in sorted(self.calls.items()) if name not in MECHANISM}


def call_name(call: Any) -> str:
    """`ptx_mma` for the intrinsic `tirx.ptx_mma`; an external function by the name it is called by."""
    name = str(getattr(call.op, "name", call.op))
    if name.endswith(("call_extern", "call_pure_extern")) and isinstance(call.args[0], tvm.tirx.StringImm):
        return str(call.args[0].value)
    return name.removeprefix("tirx.").removeprefix("tl.")


def _access(store: Any) -> Access:
    loads = [n.buffer.scope() for n in nodes(store.value) if isinstance(n, tvm.tirx.BufferLoad)]
    source = next((scope for scope in loads if scope == "global" or scope.startswith("shared")), "")
    return Access(
        str(store.buffer.data.name), store.buffer.scope(), source or (loads or [""])[0], str(store.value.dtype)
    )
