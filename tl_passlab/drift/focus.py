"""The lines of one difference, and which of them differ at another place of the pipeline.

Where lowerings are restructured as a whole, statements are paired by likeness, and otherwise from one place to the
next. The lines that a difference is followed by stay the same, so they are held against each other, not against
whatever they happen to be paired with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tl_passlab.diff import Diff, Hunk
from tl_passlab.drift.lines import NEW, OLD, Side, plain_text


@dataclass(frozen=True)
class Focus:
    """Line numbers in the older and in the newer lane's IR; false when it is empty."""

    old: frozenset[int]
    new: frozenset[int]

    def of(self, side: Side) -> frozenset[int]:
        """The lines of one side."""
        return self.old if side.old else self.new

    def holds(self, hunk: Hunk) -> bool:
        """Whether a hunk is of these lines and no others."""
        return OLD.lines(hunk) <= self.old and NEW.lines(hunk) <= self.new

    def __bool__(self) -> bool:
        return bool(self.old or self.new)


def differing(diff: Diff, focus: Focus, kept: Focus) -> Focus:
    """Those of the lines that differ in a comparison of the two lanes' IR; `kept` are lines that the step keeps."""
    old = frozenset(_differing(diff, focus, kept, OLD))
    return Focus(old, frozenset(_differing(diff, focus, kept, NEW)))


def _differing(diff: Diff, focus: Focus, kept: Focus, side: Side) -> Iterator[int]:
    other = NEW if side.old else OLD
    partner = {(a if side.old else b): (b if side.old else a) for a, b in diff.matches}
    texts, others = (diff.before_lines, diff.after_lines) if side.old else (diff.after_lines, diff.before_lines)
    counterparts = {plain_text(others[n - 1]) for n in focus.of(other)}
    for line in focus.of(side):
        around = [hunk for hunk in diff.semantic if line in side.lines(hunk)]
        found = partner.get(line, -1)
        if not counterparts:
            # The other lane has the line before the step and after it: what changes is only how lines are paired.
            differs = bool(around) or found < 0 or found in kept.of(other)
        elif around or found not in focus.of(other):
            own = any(_moved(hunk) or focus.holds(hunk) for hunk in around)
            differs = own or plain_text(texts[line - 1]) not in counterparts
        else:
            differs = False
        if differs:
            yield line


def _moved(hunk: Hunk) -> bool:
    """Whether a hunk is of statements that are the same in another place."""
    return hunk.reason.startswith("moved")
