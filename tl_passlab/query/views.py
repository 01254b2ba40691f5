"""Where a question starts: the IR around a pass, the generated source, or any text."""

from __future__ import annotations

from tl_passlab.model import Boundary, Trace
from tl_passlab.query.region import Region, Statement


def view(text: str) -> Region:
    """A text as a region; blank lines are left out, line numbers stay."""
    lines = enumerate(text.splitlines(), start=1)
    return Region(tuple(Statement(n, len(x) - len(x.lstrip()), x.strip()) for n, x in lines if x.strip()))


def before(trace: Trace, name: str) -> Region:
    """The IR that a pass was given. Raises AssertionError when it did not run: a claim about it does not hold."""
    return view(trace.texts[_boundary(trace, name).before])


def after(trace: Trace, name: str) -> Region:
    """The IR that a pass left. Raises AssertionError when it did not run."""
    return view(trace.texts[_boundary(trace, name).after])


def source(trace: Trace) -> Region:
    """The generated source."""
    return view(trace.source)


def _boundary(trace: Trace, name: str) -> Boundary:
    try:
        return trace.boundary(name)
    except KeyError:
        runs = ", ".join(b.name for b in trace.pipeline() if b.changed)
        raise AssertionError(f"{name} did not run; those that changed the IR: {runs}") from None
