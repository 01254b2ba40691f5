"""Schedules: which agent runs next, and when an asynchronous operation completes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from tl_passlab.interp import deadlock
from tl_passlab.interp.agents import DONE, JOINING, READY, WAITING, Agent
from tl_passlab.interp.block import Block
from tl_passlab.interp.errors import Stuck
from tl_passlab.interp.program import WAIT

MAX_STEPS = 5_000_000
MAX_QUANTUM = 12


@dataclass(frozen=True)
class Schedule:
    """`eager` operations complete when issued, `late` ones when nothing else can run, random ones by seed."""

    name: str
    seed: int | None = None

    @property
    def eager(self) -> bool:
        """Whether operations complete when they are issued."""
        return self.name == "eager"

    def __str__(self) -> str:
        return self.name if self.seed is None else f"{self.name} {self.seed}"


EAGER = Schedule("eager")
LATE = Schedule("late")


def chosen(random_seeds: int, start: int = 0) -> list[Schedule]:
    """Eager, late and a number of random schedules."""
    return [EAGER, LATE, *(Schedule("random", start + i) for i in range(random_seeds))]


def by_name(text: str) -> Schedule:
    """The schedule that prints as this."""
    name, _, seed = text.partition(" ")
    return Schedule(name, int(seed) if seed else None)


def run(block: Block, schedule: Schedule) -> None:
    """Run a block to its end, to a barrier of the grid, or to a deadlock, which becomes a finding."""
    rng = None if schedule.seed is None else random.Random(f"{schedule.seed}/{block.index}")
    block.eager = schedule.eager
    steps = 0
    while block.agents:
        moved = False
        for a in _order(block, rng):
            if a.state in (READY, WAITING) and a in block.agents:
                moved |= advance(a, rng.randint(1, MAX_QUANTUM) if rng else None)
            if rng and block.pending and rng.random() < 0.3:
                block.pending.pop(rng.randrange(len(block.pending))).finish()
                moved = True
        steps += 1
        if steps > MAX_STEPS:
            raise Stuck("the step budget is exhausted")
        if moved or _complete_one(block, rng) or _release_joins(block):
            continue
        if not block.at_grid:
            deadlock.report(block)
        return
    for flight in block.pending:
        flight.finish()
    report_leaks(block)


def _order(block: Block, rng: random.Random | None) -> list[Agent]:
    agents = list(block.agents)
    if rng:
        rng.shuffle(agents)
    return agents


def advance(a: Agent, quantum: int | None) -> bool:
    """Run an agent until it waits, ends, is replaced or its quantum is over; true when it got anywhere."""
    code = a.m.program.code
    end = len(code)
    moved = False
    done = 0
    a.state = READY
    while a.pc < end:
        target = code[a.pc](a)
        if target is None:
            a.pc += 1
        elif target >= 0:
            a.pc = target
        elif target == WAIT:
            a.state = WAITING
            return moved
        else:
            return True
        moved = True
        done += 1
        if quantum is not None and done >= quantum:
            return True
    _finish(a)
    return True


def _finish(a: Agent) -> None:
    a.state = DONE
    a.m.agents.remove(a)
    a.m.exited += a.count
    for record in a.forks:
        waiting = [x for x in record.members if x.state == JOINING]
        if waiting and all(x.state in (JOINING, DONE) for x in record.members):
            waiting[0].state = READY


def _complete_one(block: Block, rng: random.Random | None) -> bool:
    """Complete one operation that nobody's own wait will complete."""
    candidates = [i for i, f in enumerate(block.pending) if not f.complete and f.background]
    if not candidates:
        block.pending = [f for f in block.pending if not f.complete]
        return False
    index = rng.choice(candidates) if rng else candidates[0]
    block.pending.pop(index).finish()
    return True


def _release_joins(block: Block) -> bool:
    """Parts of a warp that wait for each other at a join while one of them must run on: let them part."""
    stuck = [a for a in block.agents if a.state == JOINING]
    for a in stuck:
        a.forks[-1].released = True
        a.state = READY
    return bool(stuck)


def report_leaks(block: Block) -> None:
    """Asynchronous operations that nobody waited for."""
    for flight in block.flown:
        if not flight.acquired:
            block.report("leak", f"{flight.name} is issued but never waited for", None, flight.site)
    if block.tensor_memory is not None:
        for columns, site in block.tensor_memory.given.values():
            block.report("leak", f"{columns} columns of tensor memory are never given back", None, site)


def agents_state(block: Block) -> list[Any]:
    """What each live agent waits for, for a report."""
    return [a.waiting for a in block.agents]
