"""What a kernel compiles to: a flat list of closures with explicit program counters, and what agents need to run it.

An instruction takes the agent and returns None (next), a program counter (jump), WAIT (try again later) or GONE (the
agent has been replaced by others). Explicit counters let an agent be forked, parked and merged at any instruction.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

WAIT = -1
GONE = -2

UNIFORM = 1
LANES = 2
DYNAMIC = 4

Run = Callable[[Any], Any]


@dataclass(frozen=True)
class Code:
    """A compiled expression: how to evaluate it, what it depends on, and its value when it is a constant.

    A value that depends on LANES alone is the same every time an agent evaluates it and is computed once.
    """

    run: Run
    depends: int
    constant: Any = None
    leaf: bool = False

    @property
    def is_constant(self) -> bool:
        """Whether the value is known when the kernel is compiled."""
        return self.depends == 0


@dataclass(frozen=True)
class Site:
    """One statement of the kernel, as a finding names it."""

    index: int
    node: Any
    path: str

    @property
    def text(self) -> str:
        """The statement as TVM prints it, on one line."""
        lines = [line.strip() for line in str(self.node).splitlines()]
        kept = [line for line in lines if line and not line.startswith("#") and " = T.Buffer(" not in line]
        text = " ".join(kept[-1:] if kept else [type(self.node).__name__])
        return text if len(text) <= MAX_SITE_TEXT else text[: MAX_SITE_TEXT - 3] + "..."

    @functools.cached_property
    def line(self) -> str:
        """The kernel's own line, `file.py:31`, where the IR still carries it (0.1.15; some passes drop it)."""
        from pathlib import PurePath

        from tl_passlab.passes.own.sites import position

        file, number = position(self.node)
        return f"{PurePath(file).name}:{number}" if number else ""


MAX_SITE_TEXT = 200


@dataclass(frozen=True)
class Level:
    """What a boundary's position in the pipeline says about its IR.

    `warp_clocks`: every synchronisation is explicit (after the last ThreadSync), so each warp has its own clock.
    `fences`: generic writes must be fenced before the asynchronous proxy reads them (after InjectFenceProxy).
    `safe_access`: out-of-bounds global accesses are still the compiler's to guard (before LegalizeSafeMemoryAccess).
    `from_end`: the IR has indices below zero that count from the end (before LegalizeNegativeIndex).
    """

    tile: bool
    warp_clocks: bool
    fences: bool
    safe_access: bool
    from_end: bool = False


@dataclass
class Program:
    """A compiled kernel. Equal `identity` and level: the same kernel, given the values of its `inputs` in order."""

    code: list[Run]
    sites: list[Site]
    slots: int
    caches: int
    memos: int
    names: list[str]
    grid: list[tuple[int, str, Code]]
    threads: list[tuple[int, str, Code | None]]
    launch_threads: list[int]
    units: Mapping[int, int]
    level: Level
    written: frozenset[int]
    identity: int | None = None
    inputs: tuple[int, ...] = ()
    places: Any = None
    lane_caches: dict[bytes, list[Any]] = field(default_factory=dict)
    lane_memos: dict[bytes, list[dict[Any, Any]]] = field(default_factory=dict)

    def lane_state(self, key: bytes) -> tuple[list[Any], list[dict[Any, Any]]]:
        """The lane-only values and address tables of one set of lanes, shared by all agents with that set."""
        if key not in self.lane_caches:
            self.lane_caches[key] = [None] * self.caches
            self.lane_memos[key] = [{} for _ in range(self.memos)]
        return self.lane_caches[key], self.lane_memos[key]
