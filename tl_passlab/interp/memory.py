"""Memory as raw bytes with typed views, so that aliasing, reinterpretation and arenas behave as on the device.

Shared and global memory have one row; per-thread memory has one row per thread, per-warp memory one per warp.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

POISON = 0xFF
ROW_ALIGNMENT = 16


@dataclass(eq=False)
class Mem:
    """One allocation; `shadow` is what the race detector remembers of it.

    `fresh` memory is the kernel's own: nobody has written it when the kernel starts.
    """

    name: str
    scope: str
    data: Any
    rows: int
    row_bytes: int
    nbytes: int
    logical: bool = False
    fresh: bool = False
    shadow: Any = None
    in_flight: int = 0
    views: dict[Any, Any] = field(default_factory=dict)

    def view(self, dtype: np.dtype[Any]) -> Any:
        """The whole allocation as a flat array of a type."""
        found = self.views.get(dtype)
        if found is None:
            found = self.views[dtype] = self.data.view(dtype)
        return found


@dataclass(frozen=True)
class Ptr:
    """A pointer: memory, byte offset (a scalar, or an array when lanes differ) and the element type it points to."""

    mem: Mem
    offset: Any
    dtype: np.dtype[Any]


def allocate(name: str, scope: str, nbytes: int, rows: int, *, logical: bool = False) -> Mem:
    """Poisoned memory: reading what nobody wrote gives NaN, -1 or true, never a convenient zero."""
    row_bytes = max(ROW_ALIGNMENT, -(-nbytes // ROW_ALIGNMENT) * ROW_ALIGNMENT)
    data: Any = np.full(rows * row_bytes, POISON, dtype=np.uint8)
    return Mem(name, scope, data, rows, row_bytes, nbytes, logical, fresh=True)


def adopt(name: str, array: Any) -> Mem:
    """Global memory that holds a copy of an array's bytes; everything in it counts as written."""
    raw = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    padded = max(ROW_ALIGNMENT, -(-raw.size // ROW_ALIGNMENT) * ROW_ALIGNMENT)
    data = np.zeros(padded, dtype=np.uint8)
    data[: raw.size] = raw
    return Mem(name, "global", data, 1, raw.size, raw.size)
