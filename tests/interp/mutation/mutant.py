"""A mutant: where the IR is broken, how, and which findings count as noticing it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.interp.mutation.edit import Edit, in_module
from tl_passlab.interp.check import BoundaryResult

VALUES = "differs"


@dataclass(frozen=True)
class Mutant:
    """`caught_by` are the kinds of which at least one must be reported."""

    name: str
    kernel: str
    target: str
    after: str
    edit: Edit
    caught_by: tuple[str, ...]

    def judge(self) -> BoundaryResult:
        """Run the broken IR."""
        from tests.interp.mutation.kernels import base

        of = base(self.kernel, self.target)
        assert of.clean(self.after).ok, f"{self.after} of {self.kernel} is not clean"
        stage = of.stage(self.after)
        return of.judge.judge(replace(stage, module=in_module(stage.module, self.edit)))


def kinds(result: BoundaryResult) -> set[str]:
    """What was reported: the kinds of findings, and the verdict where it is not one of success."""
    found = {f.kind for f in result.findings if f.is_error}
    return found | ({result.verdict} if result.verdict not in ("exact", "reordered", "host") else set())
