"""Where a lowering first differs from what is stored: the passes that changed, as against those that were fed other IR.

The stored pass diffs hold the IR before and after each watched pass, so a walk along the pipeline can tell, at each of
them, whether the two lowerings are together (same IR), part here (same input, another output: a root), or have parted
before. A root between two watched passes is named by the first line of pipeline.txt that differs there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

from tl_passlab.diff import Diff, diff_text
from tl_passlab.goldens.content import UNCHANGED, golden_content, pipeline_text, split_diff
from tl_passlab.goldens.shape import Shape, lines_shape, shape_of
from tl_passlab.linediff import diff_lines
from tl_passlab.model import Trace

Read = Callable[[str], "str | None"]

SEQUENCE = "pass sequence"
CODEGEN = "code generation"


@dataclass(frozen=True)
class Root:
    """A cause: the pass that behaves differently, and the shape of its change.

    Where no golden shows the pass itself, the shape is `indirect`, that of the change further down the pipeline, the
    name is a guess (the first pass whose line in pipeline.txt differs, or else `before X`), and `between` names those
    that it may be.
    """

    pass_name: str
    shape: Shape
    between: tuple[str, ...] = field(default=(), compare=False)
    indirect: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Place:
    """How one golden of the trace stands: `kind` is same, new, behaviour, drift or missing.

    Of a drifted pass, `arrived` are the edits of its input that the last watched pass did not put out, and `own` those
    of its output that its input does not show: traces of further changes, or of this one in another dress.
    """

    kind: str
    roots: tuple[Root, ...] = ()
    arrived: Shape = ()
    own: Shape = ()


@dataclass
class _Walk:
    """The state of a walk.

    The roots in force, those met so far, the unwatched pass that looks guilty, how the outputs of the last watched pass
    differ, and the passes since the two lowerings were last seen to be the same.
    """

    current: tuple[Root, ...] = ()
    met: tuple[Root, ...] = ()
    suspect: str = ""
    output: Shape = ()
    since: tuple[str, ...] = ()

    def part(self, name: str, shape: Shape, *, indirect: bool = False) -> tuple[Root, ...]:
        self.current = (Root(name, shape, self.since if indirect else (), indirect),)
        self.met += self.current
        self.suspect = ""
        self.output = shape
        return self.current

    def meet(self) -> None:
        self.current = ()
        self.suspect = ""
        self.output = ()
        self.since = ()


def places(trace: Trace, watch: tuple[str, ...], read: Read) -> dict[str, Place]:
    """How every golden of a trace stands, by file name, against what `read(name)` says is stored."""
    watched = {name.lower(): name for name in watch}
    suspects = _changed_lines(read("pipeline.txt"), trace)
    walk, found = _Walk(), dict[str, Place]()
    for boundary in trace.pipeline():
        name = watched.get(boundary.name.lower())
        suspect = suspects.get(boundary.name, "")
        if suspect and not walk.current and not walk.suspect and (name is None or suspect != boundary.name):
            walk.suspect = suspect
        if name is not None:
            found[f"{name}.diff"] = _pass_place(walk, boundary.name, read(f"{name}.diff"), trace)
        else:
            walk.since += (boundary.name,)
    if trace.source:
        source = f"kernel.{trace.source_extension}"
        found[source] = _source_place(walk, read(source), trace.source)
    for name in watch:
        if f"{name}.diff" not in found and read(f"{name}.diff") is not None:
            found[f"{name}.diff"] = Place("missing", (Root(name, ("the pass no longer runs",)),))
    found["pipeline.txt"] = _pipeline_place(walk, read("pipeline.txt"), pipeline_text(trace))
    return found


def _pass_place(walk: _Walk, name: str, stored: str | None, trace: Trace) -> Place:
    fresh = golden_content(trace, f"{name}.diff")
    if stored is None or fresh is None:
        return Place("new")
    if stored == fresh:
        if stored != UNCHANGED:
            walk.meet()
        return Place("same")
    if UNCHANGED in (stored, fresh):
        output = shape_of(toggled(stored, fresh))
        return Place("drift", walk.current, own=output) if walk.current else Place("behaviour", walk.part(name, output))
    (old_before, old_after), (new_before, new_after) = split_diff(stored), split_diff(fresh)
    output = shape_of(tir_difference(old_after, new_after))
    if old_before == new_before:
        return Place("behaviour", walk.part(name, output))
    given = shape_of(tir_difference(old_before, new_before))
    if not walk.current:
        walk.part(walk.suspect or f"before {name}", given, indirect=True)
    arrived, walk.output = _without(given, walk.output), output
    return Place("drift", walk.current, arrived, _without(output, given))


def _without(shape: Shape, known: Shape) -> Shape:
    return tuple(part for part in shape if part not in known)


@functools.lru_cache(maxsize=32)
def tir_difference(before: str, after: str) -> Diff:
    """The structural diff of two IRs. The goldens of one case share theirs, and their tests run one after the other."""
    return diff_text(before, after, "tir")


def toggled(stored: str, fresh: str) -> Diff:
    """The change of a pass that did nothing, or does nothing now: what it does, or what it no longer does."""
    before, after = split_diff(fresh) if stored == UNCHANGED else reversed(split_diff(stored))
    return tir_difference(before, after)


def _source_place(walk: _Walk, stored: str | None, fresh: str) -> Place:
    if stored is None:
        return Place("new")
    if stored == fresh:
        return Place("same")
    if not walk.current:
        walk.part(walk.suspect or CODEGEN, shape_of(diff_text(stored, fresh)), indirect=True)
    return Place("drift", walk.current)


def _pipeline_place(walk: _Walk, stored: str | None, fresh: str) -> Place:
    if stored is None:
        return Place("new")
    if stored == fresh:
        return Place("same")
    # Without occurrence numbers: a pass inserted before another of its name only renumbers that one.
    old, new = ([unnumbered(line.split()[1]) for line in text.splitlines()] for text in (stored, fresh))
    moves = tuple(sorted({f"{sign} {name}" for sign, name in diff_lines(old, new) if sign != " "}))
    named = {move[2:] for move in moves}
    # A pass that came or went, and what it does to the IR, are one cause.
    roots = tuple(root for root in walk.met if unnumbered(root.pass_name) not in named)
    if moves:
        roots = (Root(SEQUENCE, moves), *roots)
    if not roots:
        first = walk.suspect or _first_line(stored, fresh)
        roots = walk.met or (Root(first, lines_shape(stored, fresh), indirect=True),)
    return Place("behaviour" if moves and not walk.met else "drift", roots)


def unnumbered(name: str) -> str:
    """The pass, whichever of its executions: `Simplify` for `Simplify.3`."""
    head, _, tail = name.rpartition(".")
    return head if tail.isdigit() else name


def _first_line(stored: str, fresh: str) -> str:
    pairs = zip(stored.splitlines(), fresh.splitlines(), strict=False)
    return next((b.split()[1] for a, b in pairs if a != b), SEQUENCE)


def _changed_lines(stored: str | None, trace: Trace) -> dict[str, str]:
    """For each pass whose line in pipeline.txt differs, the pass to suspect: itself, or one that is gone before it."""
    if stored is None:
        return {}
    old, new = stored.splitlines(), pipeline_text(trace).splitlines()
    was, now = ({line.split()[1] for line in lines} for lines in (old, new))
    found: dict[str, str] = {}
    gone = ""
    for sign, line in diff_lines(old, new):
        mark, name = line.split()[:2]
        if sign == "-":
            gone = gone or (name if mark == "~" and name not in now else "")
        elif gone or (sign == "+" and (mark == "~" or name in was)):
            found[name] = gone or name
            gone = ""
    return found
