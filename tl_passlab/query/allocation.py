"""Recognises the statements that declare a buffer, in the spellings that the passes print."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tl_passlab.query.calls import calls_in

_DECLARERS = frozenset({"Buffer", "alloc_buffer", "sblock_alloc_buffer", "decl_buffer", "allocate", "alloc_shared"})
_TARGET = re.compile(r"\s*([A-Za-z_]\w*)\s*(?::[^=]*)?=\s")


@dataclass(frozen=True)
class Allocation:
    """A buffer as it is declared: its shape as printed, one text for each dimension."""

    name: str
    shape: tuple[str, ...]
    dtype: str
    scope: str
    line: int


def allocation_in(text: str, line: int) -> Allocation | None:
    """The buffer that a statement declares, None where it declares none."""
    target = _TARGET.match(text)
    call = next(iter(calls_in(text[target.end() :])), None) if target is not None else None
    if target is None or call is None or call.name.rpartition(".")[2] not in _DECLARERS or not call.args:
        return None
    options = dict(call.kwargs)
    shape = tuple(part.strip() for part in call.args[0].strip("()[]").split(",") if part.strip())
    dtype = options.get("dtype", call.args[1] if len(call.args) > 1 else "float32").strip('"')
    # The printer leaves out what is the default: a buffer without a scope is a global one.
    scope = options.get("scope", call.args[2] if len(call.args) > 2 else '"global"').strip('"')
    return Allocation(target[1], shape, dtype, scope, line)
