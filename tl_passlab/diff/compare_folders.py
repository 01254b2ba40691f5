"""Compare two directories boundary by boundary: pair them by name, say where the first difference is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tl_passlab.diff.align import align
from tl_passlab.diff.api import diff_text
from tl_passlab.diff.folders import Entry
from tl_passlab.diff.result import Diff


@dataclass(frozen=True)
class Paired:
    """One name on one or both sides; `diff` compares the texts after the pass, `input_equal` those before it."""

    name: str
    diff: Diff | None
    only: str = ""
    input_equal: bool | None = None

    @property
    def differs(self) -> bool:
        return self.diff is None or not self.diff.equal


def compare_folders(before: list[Entry], after: list[Entry], language: str = "auto") -> list[Paired]:
    """All names in execution order; what is on one side only stands where it ran."""
    left = {entry.name: entry for entry in before}
    right = {entry.name: entry for entry in after}
    found: list[Paired] = []
    for name, side in _order(before, after):
        if side:
            found.append(Paired(name, None, side))
            continue
        old, new = left[name], right[name]
        diff = diff_text(old.load(), new.load(), language, new.extension)
        same_input = None
        if old.before and new.before and not diff.equal:
            same_input = diff_text(old.before(), new.before(), language, new.extension).equal
        found.append(Paired(name, diff, input_equal=same_input))
    return found


def first_difference(found: list[Paired]) -> Paired | None:
    """The first boundary whose text differs in meaning."""
    return next((pair for pair in found if pair.diff is not None and pair.differs), None)


def _order(before: list[Entry], after: list[Entry]) -> Iterator[tuple[str, str]]:
    """Names in the order of the after side, those that are gone in between; the side a lone name is on."""
    names = {entry.name: k for k, entry in enumerate(before)}
    names.update({entry.name: names.get(entry.name, len(names) + k) for k, entry in enumerate(after)})
    left, right = [names[e.name] for e in before], [names[e.name] for e in after]
    match = [-1] * len(left)
    align(left, right, (0, len(left), 0, len(right)), match)
    both = {e.name for e in before} & {e.name for e in after}
    at = 0
    for i, entry in enumerate(before):
        if match[i] >= 0:
            while at <= match[i]:
                yield after[at].name, "" if after[at].name in both else "after"
                at += 1
        elif entry.name not in both:
            yield entry.name, "before"
    for entry in after[at:]:
        yield entry.name, "" if entry.name in both else "after"


def summary_line(pair: Paired, summarise: Callable[[Diff], str]) -> str:
    """One line of the table: `~ LayoutInference   layout 2   memory access 3`."""
    if pair.only:
        return f"{'-' if pair.only == 'before' else '+'} {pair.name}"
    if pair.diff is None or pair.diff.identical:
        return f"= {pair.name}"
    mark = "~" if pair.differs else "="
    note = "   (its input is equal: the pass behaves differently)" if pair.input_equal else ""
    return f"{mark} {pair.name}   {summarise(pair.diff)}{note}"
