"""Which cells of shared state an access touches, and which warp and lane touches each."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.agents import WARP, Agent

MAX_KNOWN = 1 << 20
BY_LANE = -1


def places(a: Agent, index: Any, scale: int, *, warps: bool) -> tuple[Any, Any, Any]:
    """Cells, clock rows and lanes of an access, flat, without the lanes that are masked off.

    Lanes are None where the access is not one of single lanes: tile operations, addresses that all lanes share.
    """
    index = np.asarray(index)
    if not warps:
        if a.mask is not None:
            shape = np.broadcast_shapes(index.shape, a.mask.shape)
            index = np.broadcast_to(index, shape)[np.broadcast_to(a.mask, shape)]
        return widen(index.reshape(-1), scale), a.row, None
    by_lane = a.mask is not None or (index.ndim == axes.RANK and index.shape[0] == a.count)
    who = a.lanes.reshape(-1, 1, 1, 1, 1) if by_lane else _warp_axis(a, index.shape) * WARP
    if a.mask is not None:
        shape = np.broadcast_shapes(index.shape, a.mask.shape, (a.count, 1, 1, 1, 1))
        keep = np.broadcast_to(a.mask, shape)
        index, who = np.broadcast_to(index, shape)[keep], np.broadcast_to(who, shape)[keep]
    index, who = np.broadcast_arrays(index, who)
    cells, who = widen(index.reshape(-1), scale), np.repeat(who.reshape(-1), scale)
    return cells, who // WARP, who if by_lane else None


class Known:
    """The places of index arrays that compiled accesses use again and again; each array is kept with them."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int, int], tuple[Any, tuple[Any, Any, Any]]] = {}
        self._elements = 0

    def places(self, a: Agent, index: Any, scale: int, *, warps: bool) -> tuple[Any, Any, Any]:
        """As the function of this name; an agent's lane state stands for its lanes."""
        if a.mask is not None or not isinstance(index, np.ndarray):
            return places(a, index, scale, warps=warps)
        key = (id(index), id(a.cache), scale)
        found = self._found.get(key)
        if found is None:
            found = index, places(a, index, scale, warps=warps)
            if self._elements > MAX_KNOWN:
                self._found.clear()
                self._elements = 0
            self._elements += index.size
            self._found[key] = found
        cells, rows, lanes = found[1]
        return cells, rows if warps else a.row, lanes  # an agent's own row changes when it forks

    def by_lane(self, a: Agent, index: Any) -> Any:
        """An index by warp laid out by lane, so that each element belongs to its own warp."""
        key = (id(index), id(a.cache), BY_LANE)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = index, (index.reshape(a.count, -1, 1, 1, 1), None, None)
            self._elements += 1
        return found[1][0]


def _warp_axis(a: Agent, shape: tuple[int, ...]) -> Any:
    """The agent's warps as a new leading axis of an index that all of them share."""
    return a.warps.reshape(-1, *([1] * len(shape))) if shape else a.warps


def widen(index: Any, scale: int) -> Any:
    """Element indices as cell indices, where an element covers several cells."""
    return index if scale <= 1 else (index[:, None] * scale + np.arange(scale)).reshape(-1)


def own_cells(a: Agent, index: Any, scale: int) -> Any:
    """Cells of per-thread memory, which no other thread can reach: neither warp nor lane matters."""
    index = np.asarray(index)
    if a.mask is not None:
        shape = np.broadcast_shapes(index.shape, a.mask.shape)
        index = np.broadcast_to(index, shape)[np.broadcast_to(a.mask, shape)]
    return index if scale <= 1 else widen(index.reshape(-1), scale)
