"""The outcome of a drift run as frozen dataclasses, which text, JSON and HTML render."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tl_passlab.diff import Hunk

SAME = "same"
COSMETIC = "cosmetic"
CHANGED = "changed"
FIXED = "lowers now"
BROKEN = "no longer lowers"
MESSAGE = "rejected otherwise"
REJECTED = "rejected"
HEADERS = "headers only"
STATUSES = (BROKEN, CHANGED, FIXED, MESSAGE, HEADERS, COSMETIC, REJECTED, SAME)

# The class of a change of `#include` lines: no class of statements, since it is no statement.
HEADER = "headers"

CODE_GENERATION = "code generation"
FRONT_END = "the front end"


@dataclass(frozen=True)
class Origin:
    """Where two lowerings part, for one difference of the generated source.

    `name` is a pass (with its occurrence), `code generation` or `the front end`. `only_in` is the lane that alone runs
    the pass, empty where both do; `other_name` is the pass's name in the newer lane where the occurrence differs.
    `after` says what of its input differed already: other passes, each with the class of their difference.
    """

    name: str
    other_name: str = ""
    only_in: str = ""
    after: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """`UnrollLoop (only in 0.1.15)`, `Simplify.3 (Simplify.4 in the newer)`."""
        if self.only_in:
            return f"{self.name} (only in {self.only_in})"
        return f"{self.name} (there {self.other_name})" if self.other_name else self.name


@dataclass(frozen=True)
class Change:
    """One difference in the generated source, its origin, and the difference in the last IR that it was printed from.

    `near` says that the IR differs beside the very statement: the two texts were cut into differences another way.
    """

    hunk: Hunk
    origin: Origin
    ir: Hunk | None = None
    near: bool = False


@dataclass(frozen=True)
class PairDrift:
    """One kernel on one target: `status` is one of STATUSES; `note` says why where there is no source to compare."""

    case: str
    target: str
    status: str
    changes: tuple[Change, ...] = ()
    note: str = ""
    first_divergence: str = ""
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    shared_before: tuple[str, ...] = ()
    shared_after: tuple[str, ...] = ()
    cosmetic: int = 0

    @property
    def classes(self) -> dict[str, int]:
        """Changes for each class, most frequent first."""
        return dict(Counter(change.hunk.kind for change in self.changes).most_common())

    @property
    def origins(self) -> dict[str, int]:
        """Changes for each origin, most frequent first."""
        return dict(Counter(change.origin.label for change in self.changes).most_common())


@dataclass(frozen=True)
class Drift:
    """A whole report: the two lanes, and every pair, in the order of the cases."""

    before: str
    after: str
    pairs: tuple[PairDrift, ...]

    def of(self, status: str) -> tuple[PairDrift, ...]:
        """The pairs with that status."""
        return tuple(pair for pair in self.pairs if pair.status == status)

    @property
    def own_passes(self) -> tuple[tuple[str, list[str]], ...]:
        """For each lane the passes that it alone runs, whatever the kernel: many run for some kernels only."""
        old = {n for p in self.pairs for n in p.only_before} - {n for p in self.pairs for n in p.shared_before}
        new = {n for p in self.pairs for n in p.only_after} - {n for p in self.pairs for n in p.shared_after}
        return (self.before, sorted(old)), (self.after, sorted(new))

    @property
    def different(self) -> bool:
        """Whether anything but notation changed."""
        return any(pair.status in (BROKEN, CHANGED, FIXED, MESSAGE) for pair in self.pairs)
