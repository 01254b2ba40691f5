"""Runs a compiled function: host steps in order, kernels block by block."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tl_passlab.interp import alloc, memory, schedule
from tl_passlab.interp.agents import Agent
from tl_passlab.interp.arguments import Arguments
from tl_passlab.interp.block import Block
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.explore import Record
from tl_passlab.interp.findings import Findings
from tl_passlab.interp.function import Function, Resolver, Step
from tl_passlab.interp.memory import Mem, Ptr
from tl_passlab.interp.ops.host import Returned
from tl_passlab.interp.packed import PackedArguments, Tensor, element_strides
from tl_passlab.interp.program import Program
from tl_passlab.interp.races import Watch
from tl_passlab.interp.schedule import Schedule

GRID_DEADLOCK = "{} of {} blocks wait at a barrier of the grid, which the others do not reach"


@dataclass
class Options:
    """How a run is made: the schedule, whether accesses are watched, whether schedules are explored.

    A `ledger` remembers who stores what; such a run is made to explain a result and checks nothing. `launches` are
    those of earlier boundaries, which need not be made again.
    """

    schedule: Schedule
    watch: bool
    explore: bool = False
    device_type: int = 2
    ledger: Any = None
    launches: Any = None


@dataclass
class Run:
    """One execution: its arguments in memory, and what it found."""

    options: Options
    findings: Findings = field(default_factory=Findings)
    states: int = 0
    concurrent: bool = False
    host: Any = None
    addresses: list[tuple[int, Mem]] = field(default_factory=list)


def execute(function: Function, given: Arguments, resolve: Resolver, options: Options) -> tuple[dict[str, Any], Run]:
    """Run a function on arrays by parameter name; returns the arrays afterwards and the run."""
    run = Run(options)
    mems = {name: memory.adopt(name, v) for name, v in given.values.items() if isinstance(v, np.ndarray)}
    run.addresses = [(address, mems[name]) for name, address in given.addresses.items()]
    with np.errstate(all="ignore"):
        env = _bind(function, given.values, given.order, mems, options)
        _steps(function, env, resolve, run)
    return {name: _array(mem, given.values[name]) for name, mem in mems.items()}, run


def _array(mem: Mem, like: Any) -> Any:
    return mem.data[: like.nbytes].view(like.dtype).reshape(like.shape).copy()


def _bind(
    function: Function, arguments: Mapping[str, Any], order: list[str], mems: Mapping[str, Mem], options: Options
) -> list[Any]:
    env: list[Any] = [None] * function.slots
    if function.packed:
        tensors = [Tensor(mems[n], arguments[n], options.device_type) if n in mems else arguments[n] for n in order]
        for slot, value in zip(
            function.params,
            (
                Ptr(_null(), 0, np.dtype("uint8")),
                PackedArguments(tensors),
                len(tensors),
                Ptr(_null(), 0, np.dtype("uint8")),
            ),
            strict=True,
        ):
            env[slot] = value
        return env
    if len(order) != len(function.params):
        raise Malformed(f"{len(order)} arguments for {len(function.params)} parameters")
    for slot, name in zip(function.params, order, strict=True):
        value = arguments[name]
        env[slot] = Ptr(mems[name], 0, value.dtype) if name in mems else value
    for slot, position, d in function.shape_slots:
        env[slot] = int(arguments[order[position]].shape[d])
    for slot, position, d in function.stride_slots:
        env[slot] = element_strides(arguments[order[position]])[d]
    return env


def _null() -> Mem:
    return memory.adopt("null", np.zeros(1, dtype=np.uint8))


def _steps(function: Function, env: list[Any], resolve: Resolver, run: Run) -> Any:
    """Do what a function does, in order; returns what it returns."""
    host = _HostAgent(env, run, function)
    run.host = host
    try:
        _do(function.steps, host, resolve, run)
    except Returned as result:
        return result.value
    return None


def _do(steps: list[Step], host: _HostAgent, resolve: Resolver, run: Run) -> None:
    for step in steps:
        if step.then is not None:
            taken = bool(step.run(host)) if step.run is not None else False
            _do(step.then if taken else step.otherwise, host, resolve, run)
        elif step.run is not None:
            step.run(host)
        elif step.kernel is not None:
            _launch(step.kernel, host.env, run)
        else:
            returned = _call(resolve(step.callee), [argument(host) for argument in step.arguments], resolve, run)
            if step.bind is not None:
                if returned is None:
                    raise Malformed(f"the result of {step.callee} is used, and it returns nothing")
                host.env[step.bind] = returned
            run.host = host


def _call(function: Function, values: list[Any], resolve: Resolver, run: Run) -> Any:
    """Run another function of the module; the launch extents after its own parameters are not for it."""
    if len(values) < len(function.params):
        raise Malformed(f"{len(values)} arguments for {len(function.params)} parameters of {function.name}")
    inner: list[Any] = [None] * function.slots
    for slot, value in zip(function.params, values, strict=False):
        inner[slot] = value
    return _steps(function, inner, resolve, run)


def _launch(program: Program, env: list[Any], run: Run) -> None:
    known = run.options.launches
    if known is None or run.options.ledger is not None or run.addresses:
        launch(program, env, run)
    else:
        known.run(program, env, run, lambda: launch(program, env, run))


class _HostAgent(Agent):
    """The single lane that runs host statements."""

    is_host = True

    def __init__(self, env: list[Any], run: Run, function: Function) -> None:
        program = Program([], function.sites, len(env), 0, 0, [], [], [], [1, 1, 1], {}, None, frozenset())  # type: ignore[arg-type]
        block = Block(program, run.findings, 1, ())
        block.addresses = run.addresses
        program.lane_state = lambda key: (_Growing(None), _Growing(dict))  # type: ignore[method-assign, assignment, return-value]
        super().__init__(block, np.arange(1), env, 0, 0)
        self.env = env


class _Growing(dict[int, Any]):
    """A table that host code fills as it goes."""

    def __init__(self, make: Any) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: int) -> Any:
        if self._make is None:
            return None
        value = self[key] = self._make()
        return value


def launch(program: Program, env: list[Any], run: Run) -> None:
    """Run a kernel: every block of its grid, one after the other, from one barrier of the grid to the next."""
    host = run.host
    grid = [(slot, tag, int(extent.run(host))) for slot, tag, extent in program.grid]
    fallback = dict(zip(("threadIdx.x", "threadIdx.y", "threadIdx.z"), program.launch_threads, strict=True))
    threads = [
        (slot, tag, int(code.run(host)) if code is not None else fallback[tag]) for slot, tag, code in program.threads
    ]
    extents: dict[str, int] = {}
    for _, tag, extent in threads:
        if extents.setdefault(tag, extent) != extent:
            raise Unsupported(f"{tag} bound to two extents")
    count = int(np.prod(list(extents.values()) or [1]))
    if not count:
        raise Malformed("a launch of blocks without threads")
    sizes = {tag: extent for _, tag, extent in grid}
    tags = sorted(sizes)
    waiting: list[Block] = []
    scratch: dict[int, Mem] = {}
    number = int(np.prod(list(sizes.values()) or [1]))
    for position in itertools.product(*(range(sizes[t]) for t in reversed(tags))):
        index = dict(zip(reversed(tags), position, strict=True))
        block = _start_block(program, env, run, grid, threads, count, index)
        block.scratch = scratch
        waiting += _advance(block, run)
    while waiting:
        if len(waiting) < number:
            waiting[0].report("deadlock", GRID_DEADLOCK.format(len(waiting), number), waiting[0].agents[0])
            for block in waiting:
                block.dismantle()
            return
        waiting = [b for block in waiting for b in _advance(block, run)]


def _advance(block: Block, run: Run) -> list[Block]:
    """Run a block on; the block itself when it is not at its end."""
    block.phase += 1
    if run.options.watch:
        _forget(block)
    schedule.run(block, run.options.schedule)
    if block.at_grid:
        return [block]
    run.concurrent |= bool(block.flown) or block.forked
    if block.record is not None:
        run.states += block.record.explore(block)
    block.dismantle()
    return []


def _forget(block: Block) -> None:
    """Blocks run one after the other: what they do to each other is not checked, but what is written stays written."""
    given = [v.mem for v in block.agents[0].env if isinstance(v, Ptr) and v.mem.scope == "global"]
    for mem in [*given, *block.scratch.values(), *(mem for _, mem in block.addresses)]:
        if mem.shadow is not None:
            mem.shadow = mem.shadow.of_next_block()


def _start_block(
    program: Program, env: list[Any], run: Run, grid: Any, threads: Any, count: int, index: dict[str, int]
) -> Block:
    block = Block(program, run.findings, count, tuple(index[t] for t in sorted(index)))
    block.addresses = run.addresses
    lanes = np.arange(count)
    values = list(env) + [None] * (program.slots - len(env))
    for slot, tag, _ in grid:
        values[slot] = index[tag]
    for slot, value in alloc.thread_values(threads, lanes):
        values[slot] = value
    if run.options.watch:
        block.watch = _watch(block, program, values)
    elif run.options.ledger is not None:
        block.watch = run.options.ledger.watch(block, program)
    if run.options.explore:
        block.record = Record()
    block.agents = [Agent(block, lanes, values, 0, 0)]
    if block.record is not None:
        block.record.start(block.agents[0])
    return block


def _watch(block: Block, program: Program, values: list[Any]) -> Watch:
    tracked = {id(values[slot].mem) for slot in program.written if isinstance(values[slot], Ptr)}
    tracked |= {id(mem) for _, mem in block.addresses}  # which of them are written is known only as it happens
    return Watch(
        block,
        warps=program.level.warp_clocks,
        fences=program.level.fences and program.level.warp_clocks,
        tracked=tracked,
    )
