"""What must hold of a kernel that ProducerConsumerWarpSpecialized split into roles: the checks of its wrapper."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tl_passlab.layouts.find import declared_in
from tl_passlab.passes import pipeline_plan, roles, unrolled
from tl_passlab.passes.pipeline_plan import touched
from tl_passlab.passes.roles import COMMON, CONSUMER, PRODUCER, Roles
from tl_passlab.passes.software_pipeline import misread, sources

# A thread of either role: not the first, which alone may do things.
_THREAD = 5
_BOTH = (PRODUCER, CONSUMER)


def _new_roles(before: str, after: str) -> Roles | None:
    """The roles, where the pass made them."""
    return roles.roles_of(after) if f'"{roles.SCOPE}"' not in before else None


def roles_share_the_block(before: str, after: str) -> list[str]:
    """Violations of: the producer's threads and the consumer's are the threads of the block, the consumer's as many as
    the kernel had."""
    made = _new_roles(before, after)
    if made is None:
        return []
    asked = re.search(r'T\.launch_thread\("threadIdx\.x", (\d+)\)', before)
    found = []
    if sum(made.threads) != made.launched:
        found.append(f"roles of {made.threads[0]} and {made.threads[1]} threads, {made.launched} are launched")
    if asked and int(asked[1]) != made.threads[1]:
        found.append(f"the kernel asked for {asked[1]} threads, the consumer has {made.threads[1]}")
    if not re.fullmatch(rf"\w+ < {made.threads[0]}", made.condition):
        found.append(f"the producer runs where {made.condition}, it has {made.threads[0]} threads")
    return found


def _stages(before: str) -> list[int]:
    """The number of stages of every pipelined loop that the kernel has."""
    found = [loop.annotations.get("num_stages") for loop in pipeline_plan.loops(before)]
    return [count for count in found if isinstance(count, int) and count > 0]


def barriers_per_stage(before: str, after: str) -> list[str]:
    """Violations of: as many barriers say full as empty, as many of each as there are stages, for each group of copies;
    a barrier counts the arrivals that one turn brings."""
    if _new_roles(before, after) is None:
        return []
    run = roles.play(before, after, PRODUCER)
    full = {b for b, who in run.arrivals.items() if PRODUCER in who and (CONSUMER, b) in run.waits}
    empty = {b for b, who in run.arrivals.items() if CONSUMER in who and (PRODUCER, b) in run.waits}
    found = [fault for fault in run.faults if not fault.startswith(roles.STUCK)]
    if len(full) != len(empty):
        found.append(f"{len(full)} barriers say full, {len(empty)} say empty")
    stages = set(_stages(before))
    if len(stages) == 1 and len(full) % min(stages):
        found.append(f"{len(full)} barriers say full, no multiple of {min(stages)} stages")
    for barrier, count in roles.barriers(after).items():
        arriving = sum(run.arrivals.get(barrier, {}).values())
        if barrier in full | empty and arriving != count:
            found.append(f"{barrier} counts {count}, {arriving} arrive")
    return found[:3]


def parities_alternate(before: str, after: str) -> list[str]:
    """Violations of: the consumer waits for each full barrier with parity 0, 1, 0, ...; the producer for each empty one
    with the inverse; so neither waits forever."""
    if _new_roles(before, after) is None:
        return []
    run = roles.play(before, after, PRODUCER)
    found = [fault for fault in run.faults if fault.startswith(roles.STUCK)]
    for (role, barrier), parities in run.waits.items():
        first = 1 if role == PRODUCER else 0
        if parities != [(first + turn) % 2 for turn in range(len(parities))]:
            found.append(f"the {role} waits for {barrier} with parities {parities}")
    return found[:3]


def consumer_reads_its_version(before: str, after: str) -> list[str]:
    """Violations of: whoever is ahead, a read in the consumer finds what it found before there were roles."""
    made = _new_roles(before, after)
    if made is None:
        return []
    filled = _filled(made, after)
    seen = {reader: _plain(source) for reader, source in sources(roles.alone(before))}
    found = []
    for ahead in _BOTH:
        for (reader, buffer), source in sources(tuple(roles.play(before, after, ahead).events)):
            wanted = seen.get((reader, buffer))
            if buffer in filled and wanted is not None and wanted != _plain(source):
                found.append(misread(reader[0], buffer, source, wanted))
    return list(dict.fromkeys(found))[:3]


def every_statement_runs(before: str, after: str) -> list[str]:
    """Violations of: what a block ran before there were roles, one role or the other runs, in every block."""
    made = _new_roles(before, after)
    if made is None:
        return []
    versions = unrolled.versioned_buffers(before, after)
    found = []
    # The first sets every index of a block to 0, the second to 1 or more where there is more than one.
    for seed in (-2, 1):
        was = roles.ran_by(before, {}, {made.variable: _THREAD}, seed)
        threads = ({made.variable: _THREAD}, {made.variable: made.launched - made.threads[1] + _THREAD})
        now = {_plain(event.text) for thread in threads for event in roles.ran_by(after, versions, thread, seed)}
        found += [f"nobody runs {event.text[:100]}" for event in was if _plain(event.text) not in now]
    return list(dict.fromkeys(found))[:3]


def _plain(source: str) -> str:
    """A writer without what the pass makes of it: a copy becomes an asynchronous one."""
    return re.sub(r"^(run \d+ of |)(?:tma_|async_)copy\(", r"\1copy(", source)


def shared_buffers_are_versioned(before: str, after: str) -> list[str]:
    """Violations of: a shared buffer that the producer fills in the loop has one version for each stage."""
    made = _new_roles(before, after)
    stages = set(_stages(before))
    if made is None or len(stages) != 1 or max(stages) == 1:
        return []
    versions = {name: found.number for name, found in unrolled.versioned_buffers(before, after).items()}
    return [
        f"{name} has {versions.get(name, 1)} versions, the loop {max(stages)} stages"
        for name in sorted(_filled(made, after))
        if versions.get(name, 1) != max(stages)
    ]


def _filled(made: Roles, text: str) -> set[str]:
    """The shared buffers that the producer writes."""
    names = unrolled.own_names(text)
    shared = {names.get(n, n) for n, b in declared_in(text).items() if b.scope in ("shared", "shared.dyn")}
    return _touched_by(made, PRODUCER, text)[1] & shared


def _registers(text: str) -> set[str]:
    names = unrolled.own_names(text)
    return {names.get(n, n) for n, b in declared_in(text).items() if b.scope.startswith("local")}


def producer_initialises_its_own(before: str, after: str) -> list[str]:
    """Violations of: the producer writes no register that it does not read."""
    made = _new_roles(before, after)
    if made is None:
        return []
    reads, writes = _touched_by(made, PRODUCER, after)
    return [f"the producer writes {name} and never reads it" for name in sorted((writes - reads) & _registers(after))]


def registers_are_private(before: str, after: str) -> list[str]:
    """Violations of: no role reads a register that only the other one writes."""
    made = _new_roles(before, after)
    if made is None:
        return []
    common = _touched_by(made, COMMON, after)[1]
    found = []
    for role, other in (_BOTH, _BOTH[::-1]):
        reads, writes = _touched_by(made, role, after)
        foreign = (reads - writes - common) & _touched_by(made, other, after)[1] & _registers(after)
        found += [f"the {role} reads {name}, which the {other} writes" for name in sorted(foreign)]
    return found


def _touched_by(made: Roles, role: str, text: str) -> tuple[set[str], set[str]]:
    reads: set[str] = set()
    writes: set[str] = set()
    names = unrolled.own_names(text)
    for part in made.of(role):
        read, written = touched(part, names)
        reads |= read
        writes |= written
    return reads, writes


def conditional_bodies_count(before: str, after: str) -> list[str]:
    """Violations of: where a condition guards the body of the loop, stage and parity go by a counter that the same
    branch advances once, not by the loop's variable."""
    made = _new_roles(before, after)
    if made is None:
        return []
    found = []
    for role in _BOTH:
        for loop, branch, wait in _guarded_waits(made.of(role)):
            said = ast.unparse(wait)
            names = {node.id for node in ast.walk(wait) if isinstance(node, ast.Name)}
            if loop in names:
                found.append(f"the {role} waits by the loop's variable under a condition: {said[:80]}")
            for counter in sorted(name for name in names if name.endswith("_cnt")):
                steps = [s for s in branch.body if re.match(rf"{counter}\[0\] = {counter}\[0\] \+ 1$", ast.unparse(s))]
                if len(steps) != 1:
                    found.append(f"the {role} advances {counter} {len(steps)} times in the branch")
    return list(dict.fromkeys(found))


def _guarded_waits(body: list[ast.stmt]) -> Iterator[tuple[str, ast.If, ast.Call]]:
    """The waits under a condition in a loop: the loop's variable, the branch, the call. A wait for one fixed barrier,
    in the first iteration say, is not of the pipeline."""
    for statement in body:
        for loop in ast.walk(statement):
            if isinstance(loop, ast.For):
                for branch in loop.body:
                    if isinstance(branch, ast.If):
                        yield from ((ast.unparse(loop.target), branch, wait) for wait in _waits(branch))


def _waits(branch: ast.If) -> Iterator[ast.Call]:
    for node in ast.walk(branch):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if named and node.func.attr == "mbarrier_wait_parity":  # type: ignore[attr-defined]
            place = node.args[0]  # type: ignore[attr-defined]
            if not (isinstance(place, ast.Subscript) and isinstance(place.slice, ast.Constant)):
                yield node  # type: ignore[misc]
