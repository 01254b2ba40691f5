"""Agents: groups of lanes that run in lock step. A block starts as one agent and forks where control flow diverges."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.errors import Malformed
from tl_passlab.interp.memory import Ptr

WARP = 32

READY, WAITING, JOINING, DONE = "ready", "waiting", "joining", "done"


@dataclass(eq=False)
class Fork:
    """Lanes that separated at one `if` and meet again at `join_pc`."""

    join_pc: int
    members: list[Any] = field(default_factory=list)
    released: bool = False


class Agent:
    """A program counter, an environment and a set of lanes."""

    is_host = False

    def __init__(self, machine: Any, lanes: Any, env: list[Any], pc: int, row: int) -> None:
        self.m = machine
        self.env = env
        self.pc = pc
        self.row = row
        self.mask: Any = None
        self.state = READY
        self.waiting: Any = None
        self.forks: list[Fork] = []
        self.copies: list[Any] = [[]]
        self.products: list[Any] = [[]]
        self.bulk: list[Any] = [[]]
        self.watch = machine.watch
        self.steps = 0
        self.set_lanes(lanes)

    def set_lanes(self, lanes: Any) -> None:
        """Make this agent run these lanes, with their own lane-only values."""
        self.lanes = lanes
        self.count = len(lanes)
        self.cache, self.memo = self.m.program.lane_state(lanes.tobytes())
        self._starts: dict[int, Any] = {}
        self.warps = np.unique(lanes // WARP)

    def row_starts(self, stride: int) -> Any:
        """Where each lane's own row of per-thread memory starts, in elements."""
        found = self._starts.get(stride)
        if found is None:
            found = self._starts[stride] = axes.along(axes.LANE, self.lanes.astype(np.int64) * stride)
        return found

    def pointer(self, slot: int) -> Ptr:
        """The pointer that a data variable holds."""
        value = self.env[slot]
        if type(value) is not Ptr:
            raise Malformed(f"{self.m.program_name(slot)} is used as memory before it is allocated or bound")
        return value

    def active(self) -> bool:
        """Whether any lane executes under the current mask."""
        return self.mask is None or bool(self.mask.any())

    def active_lanes(self) -> Any:
        """The lanes that execute under the current mask."""
        if self.mask is None:
            return self.lanes
        lane_mask = self.mask.reshape(self.mask.shape[0], -1).any(axis=1)
        return self.lanes[np.broadcast_to(lane_mask, (self.count,))]

    @contextlib.contextmanager
    def masked(self, extra: Any) -> Iterator[None]:
        """Restrict the mask for a while."""
        outer = self.mask
        if extra is not None:
            self.mask = axes.both(outer, extra)
        try:
            yield
        finally:
            self.mask = outer

    @property
    def role(self) -> str:
        """The lanes as a reader names them."""
        first, last = int(self.lanes[0]), int(self.lanes[-1])
        if self.count == self.m.thread_count:
            return "all threads"
        if self.count == 1:
            return f"thread {first}"
        return f"threads {first}-{last}" + ("" if last - first + 1 == self.count else f" ({self.count} of them)")

    def part(self, keep: Any, pc: int, row: int) -> Agent:
        """A new agent with a subset of the lanes and their share of the environment."""
        env = [self._share(value, keep) for value in self.env]
        child = Agent(self.m, self.lanes[keep], env, pc, row)
        child.forks = list(self.forks)
        child.copies = [list(g) for g in self.copies]
        child.products = [list(g) for g in self.products]
        child.bulk = [list(g) for g in self.bulk]
        return child

    def _share(self, value: Any, keep: Any) -> Any:
        if isinstance(value, np.ndarray) and value.ndim == axes.RANK and value.shape[0] == self.count > 1:
            return value[keep]
        if isinstance(value, Ptr) and isinstance(value.offset, np.ndarray) and value.offset.shape[0] == self.count > 1:
            return Ptr(value.mem, value.offset[keep], value.dtype)
        return list(value) if isinstance(value, list) else value
