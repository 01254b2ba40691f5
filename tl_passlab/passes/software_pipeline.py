"""What a pipelined loop must keep: every statement as often, every read the same data, every copy awaited before it.

The checks of InjectSoftwarePipeline. They run the loops of the text before and after (`unrolled.py`) and compare.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator

from tl_passlab.passes import unrolled
from tl_passlab.passes.folding import Value
from tl_passlab.passes.unrolled import COMMIT, WAIT, Event, Run

# Where the number of iterations depends on the launch, it is tried with none, few and many.
_SEEDS = (0, 1, 2, 3, 5, 40, 100, 200)
_PLANNED = re.compile(r'for \w+ in T\.\w+\((.*?), annotations=\{[^\n]*"software_pipeline_stage"')
_SIGNATURE = re.compile(r"(?m)^ *(?:def \w+\(.*\):|\w+ = T\.match_buffer\(.*\))$")
Place = tuple[str, Value]


@functools.lru_cache(maxsize=2)
def both(before: str, after: str) -> tuple[tuple[Run, Run], ...]:
    """The two texts run, once where every extent is a number, else for several launches."""
    versions = unrolled.versioned_buffers(before, after)
    extents = _PLANNED.findall(before)
    seeds = (1,) if all(re.fullmatch(r"[\d, ]+", extent) for extent in extents) else _SEEDS
    return tuple((unrolled.run(before, {}, seed), unrolled.run(after, versions, seed)) for seed in seeds if extents)


def once_per_iteration(before: str, after: str) -> list[str]:
    """Violations of: prologue, body and epilogue run every statement once per iteration."""
    for old, new in both(before, after):
        was, now = (Counter(e.text for e in run.events if not _is_group(e)) for run in (old, new))
        found = [f"{text[:90]} runs {now[text]} times, not {was[text]}" for text in was | now if was[text] != now[text]]
        if found:
            return found[:3]
    return []


def readers_see_their_writers(before: str, after: str) -> list[str]:
    """Violations of: a read finds what the same statement wrote last as before, in the version it indexes.

    Says nothing where the statements themselves are not those of the input.
    """
    if once_per_iteration(before, after):
        return []
    versions = {name: found.number for name, found in unrolled.versioned_buffers(before, after).items()}
    for old, new in both(before, after):
        outside = {
            f"{buffer} has no version {version} of {versions[buffer]}"
            for event in new.events
            for buffer, version in (*event.reads, *event.writes)
            if buffer in versions and version not in range(versions[buffer])
        }
        seen = dict(sources(old.events))
        found = [
            misread(reader[0], buffer, source, seen[reader, buffer])
            for (reader, buffer), source in sources(new.events)
            if (reader, buffer) in seen and seen[reader, buffer] != source
        ]
        if outside or found:
            return [*sorted(outside), *found][:3]
    return []


def misread(reader: str, buffer: str, found: str, wanted: str) -> str:
    """A line that says that a read finds what another statement wrote."""
    return f"{reader[:60]} reads {buffer} of {found[:60] or 'nobody'}, not of {wanted[:60] or 'nobody'}"


def sources(events: tuple[Event, ...]) -> Iterator[tuple[tuple[tuple[str, int], str], str]]:
    """For each read the reader (text and how often it ran before), the buffer, and who wrote the place last."""
    ran: Counter[str] = Counter()
    writer: dict[Place, str] = {}
    for event in events:
        for place in dict.fromkeys(event.reads):
            yield ((event.text, ran[event.text]), place[0]), writer.get(place, "")
        for place in event.writes:
            writer[place] = f"run {ran[event.text]} of {event.text}"
        ran[event.text] += 1


def awaited_before_read(before: str, after: str) -> list[str]:
    """Violations of: an asynchronous copy is committed, and its group awaited, before its data is read."""
    for _, new in both(before, after):
        found = _unawaited(new.events)
        if found:
            return found[:3]
    return []


def _unawaited(events: tuple[Event, ...]) -> list[str]:
    groups: list[set[Place]] = []
    uncommitted: set[Place] = set()
    found = []
    for event in events:
        if event.text == f"{COMMIT}()":
            groups.append(uncommitted)
            uncommitted = set()
        elif event.text.startswith(f"{WAIT}("):
            left = event.text[len(WAIT) + 1 : -1]
            groups = groups[len(groups) - int(left) :] if left.isdigit() and int(left) < len(groups) else groups
            groups = [] if left == "0" else groups
        for place in event.reads:
            if place in uncommitted or any(place in group for group in groups):
                found.append(f"{event.text[:60]} reads {place[0]} (version {place[1]}) before its copy is awaited")
        if event.is_async:
            uncommitted |= set(event.writes)
    found = list(dict.fromkeys(found))
    return found + [f"a copy to {buffer} is never committed" for buffer, _ in sorted(uncommitted, key=str)]


def _is_group(event: Event) -> bool:
    return event.text.startswith((COMMIT, WAIT))


def parameters_stay(before: str, after: str) -> list[str]:
    """Violations of: the parameters are the input's, and no statement uses a variable that nothing gives a value.

    A variable without a value becomes a parameter when host and device are split.
    """
    old, new = (sorted(line.strip() for line in _SIGNATURE.findall(text)) for text in (before, after))
    found = [f"was {a}, is {b}" for a, b in zip(old, new, strict=False) if a != b]
    if len(old) != len(new):
        found = [f"{len(old)} lines declare parameters before, {len(new)} after"]
    for was, now in both(before, after):
        found += [f"{name} has no value, it will become a parameter" for name in sorted(now.unbound - was.unbound)]
    return list(dict.fromkeys(found))[:3]
