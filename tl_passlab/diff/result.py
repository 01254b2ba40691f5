"""What a diff is: frozen dataclasses that the command line, pytest and the HTML page all render."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Most dangerous first: a hunk that is several things at once is named after the first of these that it is.
SEMANTIC = (
    "synchronisation",
    "pipeline stage / parity",
    "async copy",
    "instruction selection",
    "predicate",
    "launch configuration",
    "layout",
    "allocation / scope",
    "type / cast",
    "memory access",
    "arithmetic",
    "loop structure",
    "attribute",
    "unclassified",
)
COSMETIC = ("renamed", "formatting", "reordered (independent)", "equal expression")
CLASSES = SEMANTIC + COSMETIC
_RANK = {name: rank for rank, name in enumerate(CLASSES)}


def worst(kinds: set[str]) -> str:
    """The most dangerous of some classes."""
    return min(kinds, key=_RANK.__getitem__)


def by_danger(kinds: set[str]) -> tuple[str, ...]:
    """The classes, most dangerous first."""
    return tuple(sorted(kinds, key=_RANK.__getitem__))


@dataclass(frozen=True)
class Hunk:
    """One difference: what it is, why it is called that, where it is, and the lines of both sides.

    `before_line` and `after_line` are 1-based; for a side that has no lines it is the line the difference follows.
    `also` names further classes the hunk contains (a replaced instruction that brings its own barrier).
    """

    kind: str
    reason: str
    breadcrumbs: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    before_line: int
    after_line: int
    also: tuple[str, ...] = ()

    @property
    def cosmetic(self) -> bool:
        """Whether the difference is proven to have no meaning."""
        return self.kind in COSMETIC

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every class of the hunk, the principal one first."""
        return (self.kind, *self.also)


@dataclass(frozen=True)
class Diff:
    """All differences between two texts, in the order of the text."""

    language: str
    hunks: tuple[Hunk, ...]
    notes: tuple[str, ...] = ()
    before_lines: tuple[str, ...] = field(default=(), repr=False)
    after_lines: tuple[str, ...] = field(default=(), repr=False)
    # Line pairs (1-based) that correspond, in order: what a side-by-side page aligns by.
    matches: tuple[tuple[int, int], ...] = field(default=(), repr=False)

    @property
    def counts(self) -> Mapping[str, int]:
        """Hunks per class, most dangerous class first."""
        found: dict[str, int] = {}
        for hunk in self.hunks:
            found[hunk.kind] = found.get(hunk.kind, 0) + 1
        return {kind: found[kind] for kind in CLASSES if kind in found}

    @property
    def semantic(self) -> tuple[Hunk, ...]:
        """The hunks that are not cosmetic."""
        return tuple(h for h in self.hunks if not h.cosmetic)

    @property
    def equal(self) -> bool:
        """No semantic hunk: equal up to renames, formatting, independent order and proven-equal expressions."""
        return all(h.cosmetic for h in self.hunks)

    @property
    def identical(self) -> bool:
        """Not even a cosmetic difference."""
        return not self.hunks
