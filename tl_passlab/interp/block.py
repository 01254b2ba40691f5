"""One thread block while it runs: its agents, memory and barriers, operations in flight, and the findings it makes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import branch, memory
from tl_passlab.interp.agents import WARP, Agent
from tl_passlab.interp.findings import Findings
from tl_passlab.interp.memory import Mem
from tl_passlab.interp.ops.grid import GridWait
from tl_passlab.interp.program import Program


class Block:
    """The machine that agents refer to as `m`. `watch` is the race detector, or None in a run for values only."""

    def __init__(self, program: Program, findings: Findings, thread_count: int, index: tuple[int, ...]) -> None:
        self.program = program
        self.findings = findings
        self.thread_count = thread_count
        self.index = index
        self.agents: list[Agent] = []
        self.table: dict[int, Mem] = {}
        self.tensor_memory: Any = None
        self.scratch: dict[int, Mem] = {}
        self.addresses: list[tuple[int, Mem]] = []
        self.barriers: dict[int, Any] = {}
        self.pending: list[Any] = []
        self.flights: dict[int, list[Any]] = {}
        self.syncs: dict[Any, Any] = {}
        self.watch: Any = None
        self.record: Any = None
        self.eager = True
        self.flown: list[Any] = []
        self.exited = 0
        self.phase = 0
        self.forked = False

    @property
    def at_grid(self) -> bool:
        """Whether all that is left of it waits at a barrier of the grid."""
        waiting = [a.waiting for a in self.agents]
        return bool(waiting) and all(isinstance(w, tuple) and isinstance(w[0], GridWait) for w in waiting)

    def dismantle(self) -> None:
        """Break the reference cycles of a finished block, so that its memory is freed at once."""
        for a in self.agents:
            a.forks.clear()
        self.agents, self.pending, self.flown = [], [], []
        self.table, self.barriers, self.flights, self.syncs = {}, {}, {}, {}
        self.watch = self.record = self.tensor_memory = None

    def program_name(self, slot: int) -> str:
        """The name of the variable in a slot."""
        return self.program.names[slot]

    def memory(self, slot: int, name: str, scope: str, nbytes: int, rows: str) -> Mem:
        """The allocation of a variable, made by the first agent that reaches it; global memory is shared.

        A scope that is entered again finds what it left: upstream moves the allocation of a value that a loop carries
        into the loop (PlanAndUpdateBufferAllocationLocation) and later out of it (StorageRewrite).
        """
        table = self.scratch if scope == "global" else self.table
        found = table.get(slot)
        if found is None:
            count = {"block": 1, "thread": self.thread_count, "warp": -(-self.thread_count // WARP)}[rows]
            found = table[slot] = memory.allocate(name, scope, nbytes, count)
        return found

    def replace(self, old: Agent, new: list[Agent]) -> None:
        """Put the parts of a forked agent in its place."""
        self.forked = True
        branch.replace_in_forks(old, new)
        self.replace_all([old], new)

    def replace_all(self, old: list[Agent], new: list[Agent]) -> None:
        """Swap agents, keeping the order of the others."""
        position = min(self.agents.index(x) for x in old)
        kept = [x for x in self.agents if x not in old]
        self.agents = kept[:position] + new + kept[position:]
        if self.record is not None:
            self.record.replace(old, new)

    def new_row(self, parent: int) -> int:
        """A clock of its own for a forked agent."""
        return 0 if self.watch is None else int(self.watch.clocks.fork(parent))

    def merge_rows(self, rows: list[int]) -> int:
        """The clock of agents that met."""
        return 0 if self.watch is None else int(self.watch.clocks.merge(rows))

    def event(self, a: Agent, what: tuple[Any, ...], site: int) -> None:
        """Note a synchronisation act for the exhaustive exploration of schedules."""
        if self.record is not None:
            self.record.note(a, what, site)

    def landed(self, flight: Any, barrier: Any) -> None:
        """A bulk load completed into a barrier: a wait that passes this phase acquires it."""
        barrier.landed.append((flight, barrier.phase))

    def note_acquired(self, a: Agent, barrier: Any) -> None:
        """A wait on a barrier passed: what completed into its earlier phases has been waited for."""
        kept = []
        for flight, phase in barrier.landed:
            if phase < barrier.phase:
                flight.acquired = True
            else:
                kept.append((flight, phase))
        barrier.landed = kept

    def report(self, kind: str, message: str, a: Agent | None, *sites: int, detail: str = "") -> None:
        """Record a finding about statements of this kernel."""
        texts = tuple(self.program.sites[s].text for s in sites)
        who = (a.role,) if a is not None else ()
        lines = tuple(self.program.sites[s].line for s in sites)
        self.findings.add(kind, message, texts, who, self.index, detail, lines)

    def report_outside(self, a: Agent, mem: Mem, index: Any, limit: int, itemsize: int, site: int) -> None:
        """An access beyond its memory."""
        flat = np.asarray(index)
        worst = int(flat.max()) if int(flat.max()) >= limit else int(flat.min())
        message = f"{mem.name}: element {worst} accessed, {limit} allocated"
        self.report("out-of-bounds", message, a, site, detail=f"byte {worst * itemsize} of {mem.nbytes}")

    def touch_in_flight(self, a: Agent, mem: Mem, index: Any, itemsize: int, site: int) -> None:
        """A register access while an asynchronous matrix operation still owns the register."""
        for op in self.flights.get(id(mem), []):
            if not op.complete and np.isin(op.lanes, a.active_lanes()).any():
                self.report(
                    "in-flight",
                    f"{mem.name} is accessed while an asynchronous operation on it has not been waited for",
                    a,
                    op.site,
                    site,
                )
                return
