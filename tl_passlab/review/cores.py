"""Which edits of one pass are one change: the fewest edits such that every difference of the pass shows one of them.

Every kernel shows a change in statements of its own, so its shapes differ from kernel to kernel; what they share is the
core. Edits that are also seen without each other may be two changes: differences that show both have both cores, and
are a group of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tl_passlab.goldens.edits import class_of, edits_of, operations_of, without_class
from tl_passlab.goldens.roots import Root


@dataclass(frozen=True)
class Cores:
    """The cores of one pass: edits that its own goldens show or, where none does, that are seen further down."""

    every: tuple[str, ...]

    def of(self, root: Root) -> tuple[str, ...]:
        """The cores that a difference shows, or one that it may follow from; none for a difference of its own."""
        edits = edits_of(root.shape)
        loose = {without_class(edit) for edit in edits} if root.indirect else frozenset()
        found = tuple(core for core in self.every if core in edits or without_class(core) in loose)
        if found or not root.indirect:
            return found
        likely = tuple(core for core in self.every if _explains(core, edits))
        return likely if len(likely) == 1 else ()


def _explains(core: str, edits: frozenset[str]) -> bool:
    """Whether edits further down the pipeline may follow from one: some are of its class, all of its operations."""
    operations = operations_of(core)
    return any(class_of(core) == class_of(edit) for edit in edits) and all(
        operations & operations_of(edit) for edit in edits
    )


def cores_of(roots: Mapping[Root, int], known: Iterable[str]) -> Cores:
    """The cores of the differences of one pass, each with how many goldens show it; those of before come first.

    Edits further down the pipeline may look like those of another change: they make cores only where none of the
    pass's own goldens shows the change itself.
    """
    direct = {root: count for root, count in roots.items() if not root.indirect}
    return Cores(tuple(_cover(direct or roots, list(known))))


def _cover(roots: Mapping[Root, int], known: list[str]) -> list[str]:
    """Edits that cover all differences: those known before, then always the one that covers most."""
    left = {root: edits_of(root.shape) for root in roots}
    chosen: list[str] = []
    while left:
        weight: dict[str, int] = {}
        for root, edits in left.items():
            for edit in edits:
                weight[edit] = weight.get(edit, 0) + roots[root]
        if not weight:
            break
        usable = [edit for edit in known if edit in weight]
        core = usable[0] if usable else min(weight, key=lambda edit: (-weight[edit], edit))
        chosen.append(core)
        left = {root: edits for root, edits in left.items() if core not in edits}
    return chosen
