"""The two roles of a warp-specialised kernel, and what happens when they run: who waits, who arrives, who reads what.

Read from the text after ProducerConsumerWarpSpecialized. The roles are run against each other with the mbarriers as the
hardware has them (`barrier_init` counts, a parity that turns when all have arrived), once with the producer ahead
whenever it can be, once with the consumer.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tl_passlab.passes import unrolled
from tl_passlab.passes.folding import Scope, Versions
from tl_passlab.passes.lower_shared_barrier import declared
from tl_passlab.passes.unrolled import Event, Machine

SCOPE = "kWarpSpecializationScope"
STUCK = "nobody can go on"
PRODUCER, CONSUMER, COMMON = "producer", "consumer", "all threads"
# Iterations of a loop: two rounds of four stages and a bit, so that every version and both parities come by.
_LIMIT = 10
_WAIT = re.compile(r"mbarrier_wait_parity\((.+), (\d+)\)")
_ARRIVE = re.compile(r"(?:ptx_arrive_barrier|ptx_cp_async_barrier_noinc)\((.+)\)")
_LAUNCH = re.compile(r'T\.launch_thread\("threadIdx\.x", (\d+)\)')


@dataclass(frozen=True)
class Roles:
    """The branches of a kernel by role, what all threads run before them, and the threads that each role has.

    `launched` is the number of threads of the block.
    """

    producer: list[ast.stmt]
    consumer: list[ast.stmt]
    common: list[ast.stmt]
    condition: str
    threads: tuple[int, int]
    launched: int

    @property
    def variable(self) -> str:
        """The name of the thread's index in the condition of the roles."""
        return self.condition.partition(" ")[0]

    def of(self, role: str) -> list[ast.stmt]:
        """The statements of a role."""
        return {PRODUCER: self.producer, CONSUMER: self.consumer, COMMON: self.common}[role]


@dataclass
class Play:
    """The roles run against each other: the events in the order in which they happened, waits and arrivals."""

    events: list[Event] = field(default_factory=list)
    waits: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    arrivals: dict[str, dict[str, int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@functools.lru_cache(maxsize=2)
def roles_of(text: str) -> Roles | None:
    """The roles that the pass made; None where it made none."""
    if f'"{SCOPE}"' not in text:
        return None
    common: list[ast.stmt] = []
    found = _find(unrolled.function_of(text).body, common)
    if found is None:
        return None
    marker, branch = found
    first, second = map(int, re.findall(r"\d+", marker)[:2])
    launched = _LAUNCH.search(text)
    condition = ast.unparse(branch.test)
    return Roles(branch.body, branch.orelse, common, condition, (first, second), int(launched[1]) if launched else 0)


def _find(body: list[ast.stmt], common: list[ast.stmt]) -> tuple[str, ast.If] | None:
    """The statement that marks the roles and the branch after it; `common` gets what stands before them."""
    marker = ""
    for statement in body:
        inner = statement.body if isinstance(statement, ast.With | ast.If | ast.For) else []
        if marker and isinstance(statement, ast.If):
            return marker, statement
        if not inner and SCOPE in ast.unparse(statement):
            marker = ast.unparse(statement)
        elif inner and (found := _find(inner, common if isinstance(statement, ast.With) else [])) is not None:
            return found
        elif not isinstance(statement, ast.With):
            common.append(statement)
    return None


def barriers(text: str) -> dict[str, int]:
    """`mbarrier[3]` -> how many arrivals turn its parity."""
    return {
        f"{name}[{index}]": int(count)
        for name, counts in declared(text)
        for index, count in enumerate(counts)
        if count.isdigit()
    }


@functools.lru_cache(maxsize=4)
def play(before: str, after: str, ahead: str) -> Play:
    """The roles of a text run against each other, one of them ahead whenever it can be."""
    roles = roles_of(after)
    result = Play()
    if roles is None:
        return result
    versions = unrolled.versioned_buffers(before, after)
    streams = {}
    for role in (COMMON, PRODUCER, CONSUMER):
        scope = Scope(buffers=unrolled.own_names(after), versions=dict(versions))
        machine = Machine(scope, 1, _LIMIT, _counters(after))
        shared = list(machine.body(roles.common))
        streams[role] = shared if role == COMMON else list(machine.body(roles.of(role)))
    threads = {COMMON: sum(roles.threads), PRODUCER: roles.threads[0], CONSUMER: roles.threads[1]}
    _Stage(barriers(after), threads, result).run(streams, ahead)
    return result


def _counters(text: str) -> frozenset[str]:
    return frozenset(re.findall(r'(\w+) = T\.alloc_buffer\(\(1,\), "int32", scope="local"\)', text))


def ran_by(text: str, versions: Mapping[str, Versions], thread: Mapping[str, int], seed: int) -> tuple[Event, ...]:
    """What a whole kernel runs in one thread."""
    scope = Scope(buffers=unrolled.own_names(text), versions=dict(versions))
    machine = Machine(scope, seed, _LIMIT, _counters(text), thread)
    return tuple(machine.body(unrolled.function_of(text).body))


def alone(before: str) -> tuple[Event, ...]:
    """What the kernel runs before it has roles, its loops as far as those of the roles are run."""
    machine = Machine(Scope(buffers=unrolled.own_names(before)), 1, _LIMIT)
    return tuple(machine.body(unrolled.function_of(before).body))


class _Stage:
    """The barriers while the roles run."""

    def __init__(self, counts: Mapping[str, int], threads: Mapping[str, int], result: Play) -> None:
        self.counts, self.threads, self.result = counts, threads, result
        self.pending = dict(counts)
        self.turns = dict.fromkeys(counts, 0)

    def run(self, streams: Mapping[str, list[Event]], ahead: str) -> None:
        """Run the common part, then the roles, until both are done or neither can go on."""
        place = {role: 0 for role in (COMMON, ahead, PRODUCER if ahead == CONSUMER else CONSUMER)}
        while any(place[role] < len(streams[role]) for role in place):
            role = next((r for r in place if self._can_go(streams[r], place[r])), None)
            if role is None:
                stuck = [f"{r} at {streams[r][k].text[:60]}" for r, k in place.items() if k < len(streams[r])]
                self.result.faults.append(f"{STUCK}: {', '.join(stuck)}")
                return
            if role != COMMON and place[COMMON] < len(streams[COMMON]):
                # What all threads wait for must come from what all threads ran.
                self.result.faults.append(f"{STUCK}: all threads wait at {streams[COMMON][place[COMMON]].text[:60]}")
                return
            self._happen(role, streams[role][place[role]])
            place[role] += 1

    def _can_go(self, stream: list[Event], position: int) -> bool:
        if position >= len(stream):
            return False
        wait = _WAIT.fullmatch(stream[position].text)
        return wait is None or wait[1] not in self.turns or self.turns[wait[1]] % 2 != int(wait[2])

    def _happen(self, role: str, event: Event) -> None:
        wait, arrive = _WAIT.fullmatch(event.text), _ARRIVE.fullmatch(event.text)
        if wait is not None:
            self.result.waits.setdefault((role, wait[1]), []).append(int(wait[2]))
        elif arrive is not None:
            self._arrive(role, arrive[1], self.threads[role])
        elif event.arrives:
            self._arrive(role, event.barrier, 1)
        self.result.events.append(event)

    def _arrive(self, role: str, barrier: str, threads: int) -> None:
        if barrier not in self.counts:
            self.result.faults.append(f"the {role} arrives at {barrier}, which nothing initialises")
            return
        self.result.arrivals.setdefault(barrier, {})[role] = threads
        self.pending[barrier] -= threads
        if self.pending[barrier] < 0:
            fault = f"{threads} arrive at {barrier}, which counts {self.counts[barrier]}"
            self.result.faults.append(fault)
        if self.pending[barrier] <= 0:
            self.pending[barrier] = self.counts[barrier]
            self.turns[barrier] += 1
