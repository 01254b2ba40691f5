"""Which cells of shared state an access touches, and which warp and lane touches each."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.agents import WARP, Agent


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
