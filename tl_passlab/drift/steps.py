"""Two pipelines side by side: which pass execution of one lane corresponds to which of the other.

Passes are matched in order by name. The occurrence is no part of the match: a lane that runs one Simplify more shifts
the numbers of all that follow.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from tl_passlab.model import Boundary, Trace


@dataclass(frozen=True)
class Step:
    """The same stretch of both pipelines: one pass on both sides, or the passes that one or both lanes alone run here.

    `before` and `after` are what the older and the newer lane run; the texts are ids of each side's IR.
    """

    before: tuple[Boundary, ...]
    after: tuple[Boundary, ...]

    @property
    def shared(self) -> bool:
        """Whether both lanes run this pass."""
        return len(self.before) == len(self.after) == 1 and self.before[0].pass_name == self.after[0].pass_name

    @property
    def name(self) -> str:
        """The pass, by the older lane's name; of passes that run in one lane only those that change the IR."""
        runs = self.before or self.after
        if self.shared:
            return self.before[0].name
        changed = [b.name for b in (*self.before, *self.after) if b.changed]
        return ", ".join(changed or [b.name for b in runs])


def align(before: Trace, after: Trace) -> list[Step]:
    """The steps of two pipelines of depth 0, in order."""
    old, new = before.pipeline(), after.pipeline()
    matcher = difflib.SequenceMatcher(None, [b.pass_name for b in old], [b.pass_name for b in new], autojunk=False)
    steps: list[Step] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            steps += [Step((a,), (b,)) for a, b in zip(old[i1:i2], new[j1:j2], strict=True)]
        else:
            # One lane's own passes one by one: each is compared before the next may blur what it did.
            steps += [Step((a,), ()) for a in old[i1:i2]] + [Step((), (b,)) for b in new[j1:j2]]
    return steps


def only_in_one(steps: list[Step]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The passes that the older lane alone runs, and those that the newer alone runs."""
    alone = [step for step in steps if not step.shared]
    return tuple(b.name for s in alone for b in s.before), tuple(b.name for s in alone for b in s.after)


def in_both(steps: list[Step]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The passes that both lanes run, by the older lane's names and by the newer's."""
    shared = [step for step in steps if step.shared]
    return tuple(s.before[0].name for s in shared), tuple(s.after[0].name for s in shared)
