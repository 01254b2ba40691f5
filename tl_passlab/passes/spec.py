"""What a pass wrapper knows: its name in each lane, where it applies, what must run before it, what holds after it."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tl_passlab import lanes
from tl_passlab.errors import FindingError, PasslabError, UsageError
from tl_passlab.model import Target, Verdict
from tl_passlab.normalise.message import normalise_message

# check(before, after) -> one line for each violation of an invariant; none when it holds.
Check = Callable[[str, str], list[str]]


@dataclass(frozen=True)
class PassSpec:
    """One upstream pass.

    `since` is the first lane that has it; `gone` the first that has not, and `replaced_by` says by what. `renamed`
    gives its name on lanes where it differs. `takes_input_of` names the pipeline pass in whose place a pass runs that
    no pipeline contains. `remark(before, after)` describes in a few words what it did, from the text alone. `checks`
    are the invariants that can be checked: each takes the text before and after and returns the violations.
    `details(before, after)` is more than a remark can hold; `why_not(before, after)` gives the reasons for which it
    did nothing, `why_absent(target, pass configuration)` the one
    for which a pipeline does not run it. `own` is where the implementation of a pass of ours is, as `module:function`
    of (module, target, configuration).
    """

    name: str
    summary: str
    kinds: tuple[str, ...] = ("cuda", "metal", "hip", "c")
    aliases: tuple[str, ...] = ()
    since: str = "0.1.10"
    gone: str = ""
    replaced_by: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    takes_input_of: str = ""
    invariants: tuple[str, ...] = ()
    remark: Callable[[str, str], str] | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    details: Check | None = None
    why_not: Check | None = None
    why_absent: Callable[[Target, Mapping[str, object]], str] | None = None
    own: str = ""

    def exists_in(self, lane: str) -> bool:
        """Whether that lane has the pass."""
        key = lanes.release_key(lane)
        return key >= lanes.release_key(self.since) and not (self.gone and key >= lanes.release_key(self.gone))

    def name_in(self, lane: str) -> str:
        """Upstream's name on that lane. Raises UsageError where the pass does not exist, with what replaced it."""
        if self.exists_in(lane):
            return self.renamed.get(lane, self.name)
        first = f"gone since {self.gone}" if self.gone and not self._too_old(lane) else f"exists since {self.since}"
        why = f"not in tilelang {lane}: {first}" + (f"; {self.replaced_by}" if self.replaced_by else "")
        raise UsageError("pass", self.name, why, next_command=f"passlab passes --lane {lane}")

    def _too_old(self, lane: str) -> bool:
        return lanes.release_key(lane) < lanes.release_key(self.since)

    def apply(self, mod: Any, target: Target, occurrence: int = 1, configs: Mapping[str, Any] | None = None) -> Any:
        """Apply this pass alone to a module (an IRModule, or a PrimFunc) and return the new IRModule.

        The pass object is the one upstream's own pipeline makes for that target, with its arguments; `occurrence`
        picks among several (`ThreadSync` and `ThreadSync.2` differ in their scope). The target is bound to functions
        that have none. Raises UsageError where the lane has no such pass, FindingError when the pass rejects the IR.
        """
        from tl_passlab.compat import lowering, passes

        run = functools.partial(self._own(), target=target, configs=configs or {}) if self.own else None
        run = run or self.pass_object(target, occurrence)
        module = mod if hasattr(mod, "functions") else passes.as_module(mod)
        try:
            with lowering.pass_context(target, configs or {}):
                return run(passes.bind_target(module, target))
        except PasslabError:
            raise
        except Exception as error:
            message = normalise_message(str(error)).strip()
            raise FindingError(
                "run",
                f"{self.name}  {target.spec}",
                f"the pass failed: {type(error).__name__}",
                evidence=message,
                next_command=f"passlab run {self.name} INPUT --target {target.spec} --with-prerequisites",
            ) from error

    def pass_object(self, target: Target, occurrence: int = 1) -> Any:
        """Upstream's pass, a callable on modules. Raises UsageError when this lane or target has none."""
        from tl_passlab.compat import passes

        if self.own:
            return functools.partial(self._own(), target=target, configs={})
        lane, _ = lanes.running_lane()
        name = self.name_in(lane.tilelang)
        qualified = name if occurrence == 1 else f"{name}.{occurrence}"
        run = passes.pipeline(target).get(qualified)
        if run is None and occurrence == 1:
            run = passes.standalone(name.rpartition(".")[2])
        if run is None:
            why = f"no such pass for {target.spec} on tilelang {lane.tilelang}"
            raise UsageError("pass", qualified, why, next_command=f"passlab passes --target {target.spec}")
        return run

    def _own(self) -> Callable[..., Any]:
        module, _, function = self.own.partition(":")
        found: Callable[..., Any] = getattr(importlib.import_module(module), function)
        return found

    def verdicts(self, before: str, after: str) -> list[Verdict]:
        """For each invariant `pass`, `fail` with the evidence in `detail`, or `skipped` where nothing checks it."""
        names = dict.fromkeys((*self.invariants, *self.checks))
        return [self._verdict(name, before, after) for name in names]

    def _verdict(self, name: str, before: str, after: str) -> Verdict:
        if name not in self.checks:
            return Verdict(name, "skipped", "no check")
        try:
            found = self.checks[name](before, after)
        except SyntaxError as error:
            return Verdict(name, "skipped", f"the IR cannot be read: {error.msg}: {(error.text or '').strip()[:80]}")
        return Verdict(name, "fail" if found else "pass", detail="\n".join(found))

    def violations(self, before: str, after: str) -> list[str]:
        """What does not hold after the pass that should: `invariant: evidence`, from the text alone."""
        failed = [verdict for verdict in self.verdicts(before, after) if verdict.status == "fail"]
        return [f"{verdict.subject}: {line}" for verdict in failed for line in verdict.detail.splitlines()]
