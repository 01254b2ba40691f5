"""Which pass made a difference: each one is followed from the generated source back to where the lowerings part there.

A difference is followed by its lines. At every step they are traced back through what the pass itself did in each lane,
and looked up in the comparison of the two inputs: while they differ there too, the difference came in with the input.
It begins where they were alike, or where the pass rewrote them: then the pass decided what they became, and what
differed in its input is told beside it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tl_passlab.diff import Diff, Hunk, diff_text
from tl_passlab.drift.focus import Focus, differing
from tl_passlab.drift.lines import (
    NEW,
    OLD,
    Backward,
    Side,
    backward,
    changed_words,
    is_header,
    loop_around,
    plain_text,
    printed_from,
    words,
)
from tl_passlab.drift.result import CODE_GENERATION, FRONT_END, Change, Origin
from tl_passlab.drift.steps import Step, align
from tl_passlab.model import Trace

# Source line -> the lines of the last IR it was printed from.
Printed = Mapping[int, tuple[int, ...]]

_NEAR = 3
_BESIDE = 12
_LOOP_WORDS = frozenset({"for", "i", "j", "k", "unroll", "serial"})
_CAUSES = ("layout", "pipeline stage / parity", "launch configuration")


@dataclass(frozen=True)
class Place:
    """A step with the ids of the IR around it: what it was given and what it left, in both lanes."""

    step: Step
    given: tuple[str, str]
    left: tuple[str, str]


@dataclass
class Attribution:
    """The two lowerings of one kernel, compared at every step on demand."""

    before: Trace
    after: Trace
    _diffs: dict[tuple[str, str], Diff] = field(default_factory=dict)
    _ways: dict[tuple[str, str], Backward] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = align(self.before, self.after)
        self.places = _places(self.steps)

    def across(self, ids: tuple[str, str]) -> Diff:
        """The two lanes' IR compared at one place."""
        if ids not in self._diffs:
            self._diffs[ids] = diff_text(self.before.texts[ids[0]], self.after.texts[ids[1]], "tir")
        return self._diffs[ids]

    def first_divergence(self) -> str:
        """The first pass that is given the same IR in both lanes and leaves another; empty when there is none."""
        for place in self.places:
            # Comparing takes time, a proof of equal indices most of it: only what is compared already is asked again.
            known = self._diffs.get(place.given)
            same_input = place.given[0] == place.given[1] or (known is not None and known.equal)
            if same_input and place.left[0] != place.left[1] and not self.across(place.left).equal:
                return self._origin_of(place).label
        return ""

    def changes(self, source: Diff) -> list[Change]:
        """Every meaningful difference of the generated sources, with its origin."""
        if not self.places:
            return [Change(hunk, Origin(CODE_GENERATION)) for hunk in source.semantic]
        last = self.places[-1].left
        final = self.across(last)
        maps = (
            printed_from(source.before_lines, final.before_lines),
            printed_from(source.after_lines, final.after_lines),
        )
        found = []
        for hunk in source.semantic:
            ir, near = _printed_hunk(hunk, maps, final.semantic)
            origin = Origin(CODE_GENERATION) if ir is None else self.origin(ir, len(self.places) - 1)
            found.append(Change(hunk, origin, ir, near))
        return _joined(found, source)

    def origin(self, hunk: Hunk, index: int) -> Origin:
        """Where a difference that is there after a step came from."""
        focus = Focus(frozenset(OLD.lines(hunk)), frozenset(NEW.lines(hunk)))
        while True:
            place = self.places[index]
            carried = focus if place.given == place.left else self._carried(focus, place)
            if not carried:
                return self._origin_of(place, self._causes(hunk, focus, place, index))
            previous = _previous(self.places, index)
            if previous < 0:
                return Origin(FRONT_END)
            focus, index = carried, previous

    def _carried(self, focus: Focus, place: Place) -> Focus:
        """Those of the lines that the step kept and that differ in its input already."""
        back = self._back(place)
        old, new = (frozenset(way.kept[n] for n in focus.of(side) if n in way.kept) for side, way in back)
        # Of a lane that rewrote its lines here, what is left says nothing.
        kept = Focus(*(frozenset() if focus.of(side) else frozenset(way.kept.values()) for side, way in back))
        return differing(self.across(place.given), Focus(old, new), kept)

    def _rewritten(self, focus: Focus, place: Place) -> list[Hunk]:
        """The differences of the step's input in the statements that it made these lines of."""
        inputs = self.across(place.given).semantic
        found: dict[int, int] = {}
        for side, way in self._back(place):
            _count(inputs, side, {m for n in focus.of(side) for m in way.rewritten.get(n, ())}, found)
        return [inputs[k] for k in sorted(found, key=lambda k: (-found[k], k))]

    def _back(self, place: Place) -> tuple[tuple[Side, Backward], tuple[Side, Backward]]:
        """For each lane the way back through a step."""
        old = self._way(self.before, place.given[0], place.left[0])
        return (OLD, old), (NEW, self._way(self.after, place.given[1], place.left[1]))

    def _way(self, trace: Trace, given: str, left: str) -> Backward:
        if (given, left) not in self._ways:
            # What corresponds is all that is asked, not whether what corresponds is equal.
            diff = diff_text(trace.texts[given], trace.texts[left], "tir", prove=False)
            self._ways[given, left] = backward(diff)
        return self._ways[given, left]

    def _causes(self, hunk: Hunk, focus: Focus, place: Place, index: int) -> tuple[str, ...]:
        """What of a pass's input differed already and may be why its output does, as `LayoutInference: layout`."""
        previous = _previous(self.places, index)
        named = {word for word in _named(hunk) if not word.isdigit()}
        layouts = [g for g in self.across(place.given).semantic if g.kind in _CAUSES and changed_words(g) & named]
        rewritten = _ranked(self._rewritten(focus, place), hunk)
        causes = (*rewritten[:2], *layouts[:2], *self._loops(focus, place)[:1])
        found = [(self.origin(g, previous).label if previous >= 0 else FRONT_END, g.kind) for g in causes]
        return tuple(dict.fromkeys(f"{label}: {kind}" for label, kind in found))

    def _loops(self, focus: Focus, place: Place) -> list[Hunk]:
        """What differs in the input in the loops around the statements: a pass treats a loop as its kind asks."""
        across = self.across(place.given)
        found: dict[int, int] = {}
        for side, way in self._back(place):
            lines = across.before_lines if side.old else across.after_lines
            inside = {way.kept[n] for n in focus.of(side) if n in way.kept}
            _count(across.semantic, side, {loop_around(lines, n) for n in inside} - {0}, found)
        return [across.semantic[k] for k in sorted(found) if "loop structure" in across.semantic[k].kinds]

    def _origin_of(self, place: Place, after: tuple[str, ...] = ()) -> Origin:
        step = place.step
        if step.shared:
            name, other = step.before[0].name, step.after[0].name
            return Origin(name, "" if name == other else other, "", after)
        return Origin(step.name, "", self.before.lane if step.before else self.after.lane, after)


def _joined(changes: Sequence[Change], source: Diff) -> list[Change]:
    """Statements that one source merely has elsewhere are no work of code generation: they go with the change beside.

    Where a loop falls apart or two become one, the source's statements are alike, and their cut into changes is not.
    """
    texts = [{plain_text(line) for line in lines} for lines in (source.before_lines, source.after_lines)]
    rooted = [change for change in changes if change.ir is not None]
    found = []
    for change in changes:
        hunk = change.hunk
        if change.ir is None and rooted and _only_elsewhere(hunk) and not is_header(hunk):
            other = texts[1] if hunk.before else texts[0]
            if all(plain_text(line) in other for line in (*hunk.before, *hunk.after)):
                beside = min(rooted, key=lambda other: _distance(other.hunk, hunk))
                if _distance(beside.hunk, hunk) <= _BESIDE:
                    change = dataclasses.replace(beside, hunk=hunk, near=True)
        found.append(change)
    return found


def _only_elsewhere(hunk: Hunk) -> bool:
    """Whether a hunk only adds, only takes away, or only moves."""
    if hunk.before and hunk.after:
        return [plain_text(line) for line in hunk.before] == [plain_text(line) for line in hunk.after]
    return True


def _distance(one: Hunk, two: Hunk) -> int:
    return min(abs(one.before_line - two.before_line), abs(one.after_line - two.after_line))


def _places(steps: Sequence[Step]) -> list[Place]:
    """The ids around each step; a lane that does not run a pass keeps what it had."""
    old = next((b.before for s in steps for b in s.before), "")
    new = next((b.before for s in steps for b in s.after), "")
    places = []
    for step in steps:
        given = (step.before[0].before if step.before else old, step.after[0].before if step.after else new)
        old = step.before[0].after if step.before else old
        new = step.after[0].after if step.after else new
        places.append(Place(step, given, (old, new)))
    return [place for place in places if place.given != place.left or place is places[-1]]


def _previous(places: Sequence[Place], index: int) -> int:
    """The step that left what this one was given; -1 for the first. After a split into host and device code the step
    that ran last may have worked on the other half."""
    given = places[index].given
    for earlier in range(index - 1, -1, -1):
        if places[earlier].left == given:
            return earlier
    return index - 1 if index and _half_known(places[:index], given) else -1


def _half_known(places: Sequence[Place], given: tuple[str, str]) -> bool:
    return any(given[0] == place.left[0] or given[1] == place.left[1] for place in places)


def _count(hunks: Sequence[Hunk], side: Side, lines: set[int], found: dict[int, int]) -> None:
    for index, hunk in enumerate(hunks):
        shared = len(side.lines(hunk) & lines)
        if shared:
            found[index] = found.get(index, 0) + shared


def _ranked(hunks: Sequence[Hunk], child: Hunk) -> list[Hunk]:
    """The hunks, those of the child's own class first."""
    return sorted(hunks, key=lambda hunk: not set(hunk.kinds) & set(child.kinds))


def _printed_hunk(hunk: Hunk, maps: tuple[Printed, Printed], ir: Sequence[Hunk]) -> tuple[Hunk | None, bool]:
    """The difference of the last IR that a difference of the source was printed from, and whether it is only near.

    None when the IR is alike there and around: then code generation itself differs.
    """
    if is_header(hunk):
        return None, False
    wanted = changed_words(hunk)
    for margin in (0, _NEAR):
        shared: dict[int, int] = {}
        for side, lines in zip((OLD, NEW), maps, strict=True):
            places = {p + k for n in side.lines(hunk) for p in lines.get(n, ()) for k in range(-margin, margin + 1)}
            _count(ir, side, places, shared)
        related = [k for k in shared if _related(ir[k], hunk, wanted, margin)]
        found = _ranked([ir[k] for k in sorted(related, key=lambda k: (-shared[k], k))], hunk)
        if found:
            return found[0], margin > 0
    return None, False


def _related(ir: Hunk, hunk: Hunk, wanted: set[str], margin: int) -> bool:
    """Whether two differences can be one: what the one changes the other names or, at the very place, one class.

    Numbers in common say nothing: every loop counts to 16 somewhere.
    """
    common = (changed_words(ir) & wanted) if margin else (wanted & _named(ir)) | (changed_words(ir) & _named(hunk))
    names = {word for word in common if not word.isdigit() and word not in _LOOP_WORDS}
    return bool(names) or (margin == 0 and bool(set(ir.kinds) & set(hunk.kinds)))


def _named(hunk: Hunk) -> set[str]:
    return {word for line in (*hunk.before, *hunk.after) for word in words(line)}
