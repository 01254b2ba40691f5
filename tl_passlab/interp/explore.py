"""Exhaustive exploration of schedules: from the synchronisation events of one run, every order they could come in.

Valid while what an agent does does not depend on the schedule, which holds for kernels whose control flow is computed
from indices and data alone. Two blocks or boundaries with the same events are explored once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from tl_passlab.interp.barriers import Barrier

MAX_STATES = 200_000
MAX_PATH = 12

Event = tuple[Any, ...]
State = tuple[Any, ...]


@dataclass(eq=False)
class Process:
    """One agent's events in order; it starts when the processes it came from have ended."""

    role: str
    after: tuple[int, ...]
    events: list[Event] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What exploration found: the number of states, and at most one way to fail."""

    states: int
    complete: bool
    kind: str = ""
    message: str = ""
    stuck: tuple[tuple[int, int], ...] = ()


class Record:
    """Collects the events of one block."""

    known: ClassVar[dict[Any, Outcome]] = {}

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self._of: dict[int, int] = {}
        self._barriers: dict[int, tuple[int, Barrier]] = {}
        self._keep: list[Any] = []

    def start(self, a: Any) -> None:
        """The first agent of the block."""
        self._add(a, ())

    def replace(self, old: list[Any], new: list[Any]) -> None:
        """Agents forked or met."""
        after = tuple(self._of[id(x)] for x in old)
        for a in new:
            self._add(a, after)

    def _add(self, a: Any, after: tuple[int, ...]) -> None:
        self._of[id(a)] = len(self.processes)
        self._keep.append(a)
        self.processes.append(Process(a.role, after))

    def note(self, a: Any, what: Event, site: int) -> None:
        """One event; barriers are numbered by first use."""
        kind, subject, *rest = what
        if isinstance(subject, Barrier):
            number, _ = self._barriers.setdefault(id(subject), (len(self._barriers), subject))
            what = (kind, number, *rest)
        process = self.processes[self._of[id(a)]]
        process.events.append(what)
        process.sites.append(site)

    def explore(self, block: Any) -> int:
        """Explore and turn what fails into findings; returns the number of states looked at."""
        if len([p for p in self.processes if p.events]) < 2 or block.agents:
            return 0
        counts = tuple(b.count for _, b in sorted(self._barriers.values(), key=lambda x: x[0]))
        names = [b.name for _, b in sorted(self._barriers.values(), key=lambda x: x[0])]
        key = (counts, block.thread_count, tuple((p.after, tuple(p.events)) for p in self.processes))
        outcome = self.known.get(key)
        fresh = outcome is None
        if outcome is None:
            outcome = self.known[key] = Model(self.processes, counts, names, block.thread_count).explore()
        if outcome.kind:
            sites = [self.processes[p].sites[e] for p, e in outcome.stuck]
            block.report(outcome.kind, outcome.message, None, *dict.fromkeys(sites))
        if not outcome.complete:
            block.report("unexplored", f"schedules: the budget of {MAX_STATES} states is exhausted", None)
        return outcome.states if fresh else 0


class Model:
    """The transition system of one event graph."""

    def __init__(
        self, processes: list[Process], counts: tuple[int | None, ...], names: list[str], threads: int
    ) -> None:
        self.processes, self.counts, self.names, self.threads = processes, counts, names, threads
        self.lengths = [len(p.events) for p in processes]

    def explore(self) -> Outcome:
        """Depth-first over all states, each once."""
        start = self._start()
        came_from: dict[State, State | None] = {start: None}
        stack = [start]
        while stack:
            state = stack.pop()
            moves, fault = self._moves(state)
            if fault is not None:
                return Outcome(len(came_from), True, "over-arrival", fault[0], (fault[1],))
            if not moves and not self._finished(state):
                return self._deadlock(state, came_from)
            for following in moves:
                if following not in came_from:
                    came_from[following] = state
                    stack.append(following)
            if len(came_from) > MAX_STATES:
                return Outcome(len(came_from), False)
        return Outcome(len(came_from), True)

    def _start(self) -> State:
        barriers = tuple((0, count or 0, 0) for count in self.counts)
        return (tuple([0] * len(self.processes)), barriers, (), ())

    def _finished(self, state: State) -> bool:
        return all(at >= end for at, end in zip(state[0], self.lengths, strict=True))

    def _runnable(self, positions: tuple[int, ...], p: int) -> bool:
        return positions[p] < self.lengths[p] and all(
            positions[q] >= self.lengths[q] and self._ended(positions, q) for q in self.processes[p].after
        )

    def _ended(self, positions: tuple[int, ...], p: int) -> bool:
        return positions[p] >= self.lengths[p] and all(self._ended(positions, q) for q in self.processes[p].after)

    def _moves(self, state: State) -> tuple[list[State], tuple[str, tuple[int, int]] | None]:
        positions, barriers, flying, meetings = state
        found = []
        for p in range(len(self.processes)):
            if not self._runnable(positions, p):
                continue
            after, fault = self._step(state, p)
            if fault:
                return [], (fault, (p, positions[p]))
            if after is not None:
                found.append(after)
        for i, (kind, number, amount) in enumerate(flying):
            if i and flying[i - 1] == flying[i]:
                continue
            rest = flying[:i] + flying[i + 1 :]
            phase, pending, size = barriers[number]
            if kind == "issue":
                size -= amount
            else:
                pending -= amount
            found.append((positions, self._settled(barriers, number, phase, pending, size), rest, meetings))
        return found, None

    def _step(self, state: State, p: int) -> tuple[State | None, str]:
        positions, barriers, flying, meetings = state
        kind, subject, *rest = self.processes[p].events[positions[p]]
        moved = (*positions[:p], positions[p] + 1, *positions[p + 1 :])
        if kind == "sync":
            return self._meet(state, p, subject, rest[0], rest[1]), ""
        phase, pending, size = barriers[subject]
        if kind == "wait":
            return (None if phase == rest[0] else (moved, barriers, flying, meetings)), ""
        if kind == "expect":
            size += rest[0]
        elif kind == "arrive":
            if rest[0] > pending:
                return None, f"{self.names[subject]}: more arrivals than a phase expects, in one order of events"
            pending -= rest[0]
        else:
            return (moved, barriers, tuple(sorted((*flying, (kind, subject, rest[0])))), meetings), ""
        return (moved, self._settled(barriers, subject, phase, pending, size), flying, meetings), ""

    def _settled(self, barriers: Any, number: int, phase: int, pending: int, size: int) -> Any:
        if pending <= 0 and size == 0:
            phase, pending = phase ^ 1, self.counts[number] or 0
        return (*barriers[:number], (phase, pending, size), *barriers[number + 1 :])

    def _meet(self, state: State, p: int, name: Any, lanes: int, count: int) -> State | None:
        """Arrive at a block barrier; the last to come lets all continue."""
        positions, barriers, flying, meetings = state
        present = dict(meetings)
        come = present.get(name, ())
        if p in come:
            return None
        come = tuple(sorted((*come, p)))
        total = sum(self.processes[q].events[positions[q]][2] for q in come)
        if total >= (count or self.threads):
            present.pop(name, None)
            positions = tuple(at + (q in come) for q, at in enumerate(positions))
        else:
            present[name] = come
        return (positions, barriers, flying, tuple(sorted(present.items())))

    def _deadlock(self, state: State, came_from: dict[State, State | None]) -> Outcome:
        positions = state[0]
        stuck = tuple((p, positions[p]) for p in range(len(self.processes)) if self._runnable(positions, p))
        parts = []
        for p, at in stuck:
            kind, subject, *rest = self.processes[p].events[at]
            what = f"parity {rest[0]} of {self.names[subject]}" if kind == "wait" else f"block barrier {subject}"
            parts.append(f"{self.processes[p].role} wait for {what} (event {at + 1} of {self.lengths[p]})")
        message = "in one order of events nothing can run: " + "; ".join(parts)
        return Outcome(len(came_from), True, "deadlock", message, stuck)
