"""The same change seen many times is told once: changes of one origin and class whose edit differs in numbers only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tl_passlab.drift.result import Change, Drift


@dataclass(frozen=True)
class Group:
    """Like changes of one kernel: the first as the example, and how many there are."""

    example: Change
    count: int


@dataclass(frozen=True)
class Cluster:
    """Like changes over all kernels: origin, class, what is edited, and the kernels that show it."""

    origin: str
    kind: str
    reason: str
    kernels: tuple[str, ...]
    count: int
    example: Change


def _shape(change: Change) -> tuple[str, str, str]:
    reason = re.sub(r"(?<=\w)_\d+\b|\d+", "#", change.hunk.reason)
    return change.origin.label, change.hunk.kind, reason


def grouped(changes: Sequence[Change]) -> list[Group]:
    """The changes of one kernel by shape, in order of appearance."""
    shapes: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        shapes.setdefault(_shape(change), []).append(change)
    return [Group(members[0], len(members)) for members in shapes.values()]


def clusters(drift: Drift) -> list[Cluster]:
    """The changes of all kernels by shape, those that most kernels show first."""
    members: dict[tuple[str, str, str], list[tuple[str, Change]]] = {}
    for pair in drift.pairs:
        for change in pair.changes:
            members.setdefault(_shape(change), []).append((f"{pair.case}  {pair.target}", change))
    found = [
        Cluster(*shape, tuple(dict.fromkeys(name for name, _ in seen)), len(seen), seen[0][1])
        for shape, seen in members.items()
    ]
    return sorted(found, key=lambda c: (-len(c.kernels), -c.count, c.origin, c.kind, c.reason))


def by_origin(drift: Drift) -> list[tuple[str, int, int]]:
    """`(origin, changes, kernels)`, most kernels first."""
    changes: dict[str, int] = {}
    kernels: dict[str, set[int]] = {}
    for index, pair in enumerate(drift.pairs):
        for label, count in pair.origins.items():
            changes[label] = changes.get(label, 0) + count
            kernels.setdefault(label, set()).add(index)
    rows = [(label, count, len(kernels[label])) for label, count in changes.items()]
    return sorted(rows, key=lambda row: (-row[2], -row[1], row[0]))
