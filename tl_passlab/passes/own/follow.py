"""Runs upstream's own pipeline on a marked kernel and brings back what every tile operator became."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tl_passlab.compat import lowering, passes
from tl_passlab.compat.probe import probe_kernel
from tl_passlab.model import Target
from tl_passlab.passes.own import marks, neighbours
from tl_passlab.passes.own.emitted import Emitted
from tl_passlab.passes.own.walk import bodies

# The first pass whose result the pipeline goes on with; the checkers before it return what they were given to nobody.
START_AT = "tirx.BindTarget"
# What runs before every pass that decides on instructions, on every lane and target: upstream's InstructionAnnotation
# looks at the IR here too.
DECIDE_AT = "Simplify"


@dataclass
class Followed:
    """What came of a marked lowering: for each number what was emitted and as which operators it was lowered."""

    emitted: dict[int, Emitted] = field(default_factory=dict)
    lowered_as: dict[int, list[str]] = field(default_factory=dict)
    everything: Emitted = field(default_factory=Emitted)
    source: str = ""

    def read(self, mod: Any) -> None:
        """Count what stands under each number, and in the whole module."""
        for number, operator, statement in marks.regions(mod):
            self.emitted.setdefault(number, Emitted()).add(statement)
            if operator != neighbours.REST:
                self.lowered_as.setdefault(number, []).append(operator)
        for body in bodies(mod):
            self.everything.add(body)


def follow(
    func: Any, target: Target, configs: Mapping[str, Any], look: Callable[[Any], None] | None = None
) -> Followed:
    """Lower a marked function. `look` is shown the module at `DECIDE_AT`."""
    followed = Followed()

    def hook(name: str, run: Any, mod: Any) -> Any:
        if name == DECIDE_AT and look is not None:
            look(mod)
        return _run(run, name, _step(followed, name, mod))

    with passes.hooked(hook):
        followed.source = lowering.lower(func, target, configs).source
    return followed


def follow_module(mod: Any, target: Target, configs: Mapping[str, Any]) -> Followed:
    """Let upstream's pipeline go on from a marked module, whatever passes it has seen, up to where the marks are read.

    Upstream has no entry for that: the pipeline is started on a kernel of ours and handed this module as it sets out.
    The passes that the module has seen already find nothing left to do.
    """
    followed = Followed()

    def hook(name: str, run: Any, running: Any) -> Any:
        running = _step(followed, name, mod if name == START_AT else running)
        if name == marks.READ_AT:
            raise passes.Stop(running)
        return _run(run, name, running)

    with lowering.pass_context(target, {}):
        starter = probe_kernel(target)
    try:
        with passes.hooked(hook):
            lowering.lower(starter, target, configs)
    except passes.Stop:
        pass
    return followed


def _run(run: Callable[[Any], Any], name: str, mod: Any) -> Any:
    return neighbours.run_unmarked(run, mod) if name in neighbours.JOINING else run(mod)


def _step(followed: Followed, name: str, mod: Any) -> Any:
    if name == marks.PUT_AT:
        return marks.put_under_attributes(mod)
    if name == marks.READ_AT:
        followed.read(mod)
        return marks.without_attributes(mod)
    return mod
