"""Barriers of the grid: every block comes, then all go on. The launch counts the blocks; here their agents wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tl_passlab.interp.build import Build
from tl_passlab.interp.ops.sync import meet
from tl_passlab.interp.program import Run

GRID = "of the grid"


@dataclass(eq=False)
class GridWait:
    """The lanes of an agent at a barrier of the grid; the launch lets them on once every block has come."""

    lanes: int
    phase: int


def _sync_grid(b: Build, call: Any) -> Run:
    site = b.site

    def sync(a: Any) -> bool:
        held = a.waiting[0] if isinstance(a.waiting, tuple) else None
        if isinstance(held, GridWait):
            if held.phase == a.m.phase:
                return False
            a.waiting = None
            return True
        if meet(a, GRID, 0, site, waits=True):
            a.waiting = (GridWait(a.count, a.m.phase), GRID, site)
        return False

    return sync


BLOCKING = {"tl.sync_grid": _sync_grid}
