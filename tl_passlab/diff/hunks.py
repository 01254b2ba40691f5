"""From a matching to hunks: walk both texts in step, compare what is matched, report what is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tl_passlab.diff.changed import Verdict, compare_statements
from tl_passlab.diff.classify_statement import replaced_instruction, statement_class
from tl_passlab.diff.context import Breadcrumbs
from tl_passlab.diff.functions import function_name
from tl_passlab.diff.language import BRACES
from tl_passlab.diff.match import Matching
from tl_passlab.diff.moves import MoveJudge
from tl_passlab.diff.names import split_names
from tl_passlab.diff.nodes import Prove
from tl_passlab.diff.renames import doubtful_names
from tl_passlab.diff.result import COSMETIC, Hunk, by_danger, worst
from tl_passlab.diff.similar import form, operation
from tl_passlab.diff.tree import Tree

# Differing statements that are parsed and proven; of the rest of a text that differs everywhere the tokens are enough.
MAX_PARSED = 3_000

# A group of differing statements: indices into the before and the after tree.
Run = tuple[list[int], list[int]]


@dataclass
class Builder:
    """Collects the hunks of one matching."""

    matching: Matching
    # None: differing statements are not parsed.
    prove: Prove | None
    moved: dict[int, int] = field(default_factory=dict)
    found: list[Hunk] = field(default_factory=list)
    parsed: int = 0

    def __post_init__(self) -> None:
        self.judge = MoveJudge(self.matching, self.moved)
        before, after = self.matching.before, self.matching.after
        self.doubtful = doubtful_names(self.matching)
        self.doubts = re.compile("|".join(sorted(map(re.escape, self.doubtful))))
        self._gone = {k for i in self.moved for k in range(i, before.end[i])}
        self._arrived = {k for j in self.moved.values() for k in range(j, after.end[j])}
        self.crumbs_before = Breadcrumbs(self.matching.before)
        self.crumbs_after = Breadcrumbs(self.matching.after)

    def build(self) -> list[Hunk]:
        for rows, columns in self.matching.segments:
            for pair, run in _walk(self.matching, rows, columns):
                if run[0] or run[1]:
                    self._run(*run)
                if pair:
                    self._pair(*pair)
        self._function_order()
        for i, j in self.moved.items():
            rows, columns = range(i, self.matching.before.end[i]), range(j, self.matching.after.end[j])
            self._add(self.judge.verdict(i), list(rows), list(columns))
        return self.found

    def _function_order(self) -> None:
        """Functions among themselves may stand in any order; what stands between them may not."""
        rest, *functions = self.matching.segments
        starts = {rows[0]: columns[0] for rows, columns in functions}
        others = {i: self.matching.to_after[i] for i in rest[0] if self.matching.to_after[i] >= 0}
        for (_, j), (k, m) in pairwise(sorted(starts.items())):
            if m < j:
                self._add(Verdict("reordered (independent)", "functions in another order"), [k], [m])
        if self.matching.before.language not in BRACES:
            return
        for (i, j), (k, m) in pairwise(sorted({**others, **starts}.items())):
            if m < j and not (i in starts and k in starts):
                self._add(Verdict("unclassified", "on another side of a function"), [k], [m])

    def _pair(self, i: int, j: int) -> None:
        verdict = compare_statements(self.matching, i, j, self.prove if self.parsed < MAX_PARSED else None)
        self.parsed += verdict is not None
        if self.doubtful and (verdict is None or verdict.kind in COSMETIC):
            verdict = self._doubt(i, j) or verdict
        if verdict:
            self._add(verdict, [i], [j])

    def _doubt(self, i: int, j: int) -> Verdict | None:
        """A name without a definition here, or in a string, that was renamed elsewhere: is it the same thing still?"""
        before, after = self.matching.before, self.matching.after
        for tree, index in ((before, i), (after, j)):
            if not self.doubts.search(tree.code[index]):
                continue
            names = split_names(tree.language, tree.code[index])[1::2]
            for name, entity in zip(names, tree.ents[index], strict=False):
                if entity is not None or name not in self.doubtful:
                    continue
                # A string refers to a buffer only as the key of an attribute's dictionary.
                names_buffer = name[0] not in "\"'" or f"{name}:" in tree.code[index]
                if names_buffer and not self._followed(name, i, j):
                    return Verdict("unclassified", f"{name} stayed while what it may refer to was renamed")
        return None

    def _followed(self, name: str, i: int, j: int) -> bool:
        """Whether a string changed along with the definition it names."""
        return name[0] in "\"'" and (name in self.matching.before.code[i]) != (name in self.matching.after.code[j])

    def _add(self, verdict: Verdict, rows: list[int], columns: list[int]) -> None:
        before, after = self.matching.before, self.matching.after
        crumbs = self.crumbs_before.of(rows[0]) if rows else self.crumbs_after.of(columns[0])
        hunk = Hunk(
            kind=verdict.kind,
            reason=verdict.reason,
            breadcrumbs=crumbs,
            before=tuple(line for i in rows for line in before.lines(i)),
            after=tuple(line for j in columns for line in after.lines(j)),
            before_line=before.first[rows[0]] if rows else self._line_before(columns[0]),
            after_line=after.first[columns[0]] if columns else self._line_after(rows[0]),
            also=verdict.also,
        )
        previous = self.found[-1] if self.found else None
        if previous and hunk.kind == "formatting" and _adjacent(previous, hunk):
            self.found[-1] = _merged(previous, hunk)
        else:
            self.found.append(hunk)

    def _line_before(self, j: int) -> int:
        """The line of the before side that an added statement follows."""
        while j >= 0 and self.matching.to_before[j] < 0:
            j -= 1
        return self.matching.before.last[self.matching.to_before[j]] if j >= 0 else 0

    def _line_after(self, i: int) -> int:
        while i >= 0 and self.matching.to_after[i] < 0:
            i -= 1
        return self.matching.after.last[self.matching.to_after[i]] if i >= 0 else 0

    def _run(self, removed: list[int], added: list[int]) -> None:
        removed = [i for i in removed if i not in self._gone]
        added = [j for j in added if j not in self._arrived]
        if not removed and not added:
            return
        before, after = self.matching.before, self.matching.after
        if removed and added:
            self._add(self._replaced(removed, added), removed, added)
            return
        tree, partner = (before, self.matching.to_after) if removed else (after, self.matching.to_before)
        for group in _groups(tree, partner, removed or added):
            verdict = _one_sided(tree, partner, group, "removed" if removed else "added")
            self._add(verdict, group if removed else [], [] if removed else group)

    def _replaced(self, removed: list[int], added: list[int]) -> Verdict:
        before, after = self.matching.before, self.matching.after
        old, new = {statement_class(before, i) for i in removed}, {statement_class(after, j) for j in added}
        kinds = old | new
        kind = worst(kinds)
        lost = old - new
        if replaced_instruction([before.code[i] for i in removed], [after.code[j] for j in added]) and (
            "synchronisation" not in lost
        ):
            kind = "instruction selection"
        reason = f"{_count(removed)} replaced by {_count(added)}"
        return Verdict(kind, reason, by_danger(kinds - {kind}))


def _count(statements: Sequence[int]) -> str:
    return f"{len(statements)} statement{'s' if len(statements) != 1 else ''}"


def _walk(
    matching: Matching, rows: Sequence[int], columns: Sequence[int]
) -> Iterator[tuple[tuple[int, int] | None, Run]]:
    """Matched pairs in order, each with the unmatched statements before it; at the end what is left over."""
    at = 0
    removed: list[int] = []
    added: list[int] = []
    for i in rows:
        j = matching.to_after[i]
        if j < 0:
            removed.append(i)
            continue
        while at < len(columns) and columns[at] != j:
            if matching.to_before[columns[at]] < 0:
                added.append(columns[at])
            at += 1
        at += 1
        yield (i, j), (removed, added)
        removed, added = [], []
    added += [j for j in columns[at:] if matching.to_before[j] < 0]
    yield None, (removed, added)


def _groups(tree: Tree, partner: list[int], run: list[int]) -> list[list[int]]:
    """A one-sided run cut into subtrees; neighbours of one class stay together."""
    groups: list[list[int]] = []
    last_kind = ""
    stop = -1
    for index in run:
        if index < stop:
            groups[-1].append(index)
            continue
        stop = tree.end[index]
        holds_matched = any(partner[k] >= 0 for k in range(index + 1, stop))
        kind = statement_class(tree, index) + (" around" if holds_matched else "")
        nested = stop > index + 1
        if groups and kind == last_kind and not nested and tree.parent[groups[-1][0]] == tree.parent[index]:
            groups[-1].append(index)
        else:
            groups.append([index])
        last_kind = kind if not nested else ""
        if holds_matched:
            stop = -1
    return groups


def _one_sided(tree: Tree, partner: list[int], group: list[int], what: str) -> Verdict:
    kinds = {statement_class(tree, index) for index in group}
    head = group[0]
    kept = sum(partner[k] >= 0 for k in range(head + 1, tree.end[head]))
    if kept:
        around = "put around" if what == "added" else "taken from around"
        reason = f"{what}: {around} {kept} statement{'s' if kept != 1 else ''} that stayed"
        return Verdict(worst(kinds), reason, by_danger(kinds - {worst(kinds)}))
    return Verdict(worst(kinds), f"{_subject(tree, group)} {what}", by_danger(kinds - {worst(kinds)}))


def _subject(tree: Tree, group: list[int]) -> str:
    """What a group of statements is called in a reason: the function, the operation, or how many they are."""
    code = tree.code[group[0]]
    name = function_name(tree.language, code)
    if name and tree.end[group[0]] > group[0] + 1:
        return f"function {name}"
    if tree.end[group[0]] == group[0] + len(group) and operation(code):
        return f"{operation(code)}" if len(group) == 1 else f"{form(code)} {operation(code)}"
    return _count(group)


def _adjacent(previous: Hunk, hunk: Hunk) -> bool:
    return (
        previous.kind == hunk.kind
        and previous.before_line + len(previous.before) == hunk.before_line
        and previous.after_line + len(previous.after) == hunk.after_line
    )


def _merged(previous: Hunk, hunk: Hunk) -> Hunk:
    return Hunk(
        previous.kind,
        previous.reason,
        previous.breadcrumbs,
        previous.before + hunk.before,
        previous.after + hunk.after,
        previous.before_line,
        previous.after_line,
    )
