"""Follows lines: from a generated source into the IR it was printed from, and from a pass's output into its input."""

from __future__ import annotations

import functools
import itertools
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tl_passlab.diff import Diff, Hunk

_WORD = re.compile(r"[A-Za-z_]\w*|\d+")
_SUFFIX = re.compile(r"_\d+$")
_EMPTY = frozenset({"T", "int", "float", "void", "in", "range", "const", "float32", "float16", "half_t"})
# What code generation prints under another name, of the statements that name nothing else.
_PRINTED = {
    "cp_async_wait": "ptx_wait_group",
    "cp_async_commit": "ptx_commit_group",
    "__syncthreads": "tvm_storage_sync",
    "threadgroup_barrier": "tvm_storage_sync",
}
_CALL = re.compile(r"\s*(T\.[\w.]+)\(")
_NAMES_IN_COMMON = 2
_GAP = 6
_CANDIDATES = 5
_COMMON = 40


@dataclass(frozen=True)
class Side:
    """Which side of a diff: the older lane's lines or the newer's, and how a hunk tells them."""

    old: bool

    def lines(self, hunk: Hunk) -> set[int]:
        """The numbers of a hunk's lines on this side."""
        first, lines = (hunk.before_line, hunk.before) if self.old else (hunk.after_line, hunk.after)
        return set(range(first, first + len(lines)))


OLD, NEW = Side(True), Side(False)


@dataclass(frozen=True)
class Backward:
    """Where the lines of a pass's output come from, in one lane: kept statements, and rewritten ones."""

    kept: dict[int, int]
    rewritten: dict[int, set[int]]


def backward(diff: Diff) -> Backward:
    """The way back through one pass, from its own structural diff.

    A statement that the pass carried elsewhere unaltered (into the device function, out of a loop) is kept too. One
    that calls another operation than before (`T.gemm` that became `T.ptx_mma`) is rewritten, however it was matched.
    """
    kept = {after: before for before, after in diff.matches}
    kept = {**_carried(diff, kept), **kept}
    rewritten: dict[int, set[int]] = {}
    for after, before in list(kept.items()):
        if _operation(diff.before_lines[before - 1]) != _operation(diff.after_lines[after - 1]):
            rewritten[after] = {kept.pop(after)}
    gone = {n for hunk in diff.hunks for n in OLD.lines(hunk)} - set(kept.values())
    copies: dict[int, int] = {}
    for hunk in diff.hunks:
        for line in NEW.lines(hunk) - set(kept) - set(rewritten):
            text = diff.after_lines[line - 1]
            same = any(_operation(old) == _operation(text) for old in hunk.before)
            original = None if same else _original(line, kept, diff)
            if original is None:
                rewritten[line] = OLD.lines(hunk) or _sources(text, gone, diff)
            else:
                copies[line] = original
    return Backward({**kept, **copies}, rewritten)


def _original(line: int, kept: dict[int, int], diff: Diff) -> int | None:
    """The kept statement that an added one is a copy of, as an unrolled loop leaves them: a call on the same names."""
    text = diff.after_lines[line - 1]
    names = {word for word in words(text) if not word.isdigit()}
    if not _operation(text) or len(names) <= _NAMES_IN_COMMON + 1:
        return None
    alike = [n for n in kept if _operation(diff.after_lines[n - 1]) == _operation(text)]
    near = [n for n in alike if names == {word for word in words(diff.after_lines[n - 1]) if not word.isdigit()}]
    return kept[min(near, key=lambda n: abs(n - line))] if near else None


def _operation(line: str) -> str:
    """The operation of a statement that is a call; empty for any other: an assignment keeps its target."""
    match = _CALL.match(line)
    return match.group(1) if match else ""


def _sources(line: str, gone: set[int], diff: Diff) -> set[int]:
    """The statements that a pass took away and that name what an added one names: it was made of them."""
    names = {word for word in words(line) if not word.isdigit()}
    return {n for n in gone if len(names & words(diff.before_lines[n - 1])) >= _NAMES_IN_COMMON}


def _carried(diff: Diff, kept: dict[int, int]) -> dict[int, int]:
    """Unmatched lines of the output that are in the input letter for letter: in order of occurrence."""
    taken = set(kept.values())
    waiting: dict[str, list[int]] = {}
    for number, line in enumerate(diff.before_lines, 1):
        if number not in taken and line.strip():
            waiting.setdefault(line.strip(), []).append(number)
    found = {}
    for number, line in enumerate(diff.after_lines, 1):
        if number not in kept and waiting.get(line.strip()):
            found[number] = waiting[line.strip()].pop(0)
    return found


@functools.lru_cache(maxsize=1 << 16)
def words(line: str) -> frozenset[str]:
    """The names and numbers of a line that say something, without generated suffixes: printers number names anew."""
    return frozenset(map(_plain, _WORD.findall(line))) - _EMPTY


def changed_words(hunk: Hunk) -> set[str]:
    """The names and numbers that a hunk adds or takes away."""
    old, new = (Counter(map(_plain, _WORD.findall("\n".join(lines)))) for lines in (hunk.before, hunk.after))
    return set((old - new) | (new - old)) - _EMPTY


def loop_around(lines: Sequence[str], number: int) -> int:
    """The line of the innermost loop around a line of IR; 0 when there is none."""
    indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
    for above in range(number - 1, 0, -1):
        line = lines[above - 1]
        depth = len(line) - len(line.lstrip())
        if line.strip() and depth < indent:
            if line.lstrip().startswith("for "):
                return above
            indent = depth
    return 0


def is_header(hunk: Hunk) -> bool:
    """Whether a difference is one of `#include` lines only."""
    return all(line.lstrip().startswith("#include") for line in (*hunk.before, *hunk.after))


def plain_text(line: str) -> str:
    """A line without its indentation and without generated suffixes."""
    return _WORD.sub(lambda match: _plain(match.group()), line.strip())


def _plain(word: str) -> str:
    return _PRINTED.get(word) or _SUFFIX.sub("", word) or word


def printed_from(source: Sequence[str], ir: Sequence[str]) -> dict[int, tuple[int, ...]]:
    """Source line -> IR lines, both from 1, in order: code generation prints statements in the order of the IR.

    Candidates are the IR lines that share the rarest words; of these the heaviest chain is taken that never goes back.
    A line that shares no word with the IR (`__syncthreads()`) is printed from what lies between its neighbours' lines.
    """
    holders: dict[str, list[int]] = {}
    for number, line in enumerate(ir, 1):
        for word in words(line):
            holders.setdefault(word, []).append(number)
    weight = {word: math.log(1 + len(ir) / len(lines)) for word, lines in holders.items()}
    chain = _Chain()
    for number, line in enumerate(source, 1):
        scores: Counter[int] = Counter()
        for word in words(line):
            lines = holders.get(word, [])
            if len(lines) <= _COMMON or word == "for":
                for place in lines:
                    scores[place] += weight[word]  # type: ignore[assignment]
        chain.extend(number, scores.most_common(_CANDIDATES))
    best = chain.best()
    found: dict[int, tuple[int, ...]] = {line: (place,) for line, place in best.items()}
    ends = {0: 0, **best, len(source) + 1: len(ir) + 1}
    for one, two in itertools.pairwise(sorted(ends)):
        between = range(ends[one] + 1, ends[two])
        if two - one > 1 and 0 < len(between) <= _GAP:
            found |= {line: tuple(between) for line in range(one + 1, two)}
        elif best and two - one > 1 and between:
            # Words that are everywhere in the whole text may say something here.
            inside = printed_from(source[one : two - 1], ir[between.start - 1 : between.stop - 1])
            found |= {one + line: tuple(between.start - 1 + n for n in places) for line, places in inside.items()}
    return found


class _Chain:
    """The heaviest chain of (source line, IR line) pairs whose IR lines never decrease."""

    def __init__(self) -> None:
        self._ends: list[int] = []  # IR lines, ascending
        self._totals: list[float] = []  # the best total of a chain that ends at or before that line, ascending
        self._links: list[_Link] = []

    def extend(self, number: int, candidates: Sequence[tuple[int, float]]) -> None:
        found = []
        for place, score in candidates:
            at = bisect_right(self._ends, place) - 1
            previous = self._links[at] if at >= 0 else None
            total = score + (self._totals[at] if at >= 0 else 0.0)
            found.append((place, total, _Link(number, place, previous)))
        for place, total, link in found:
            self._insert(place, total, link)

    def _insert(self, place: int, total: float, link: _Link) -> None:
        at = bisect_right(self._ends, place)
        if at and self._totals[at - 1] >= total:
            return
        while at < len(self._ends) and self._totals[at] <= total:
            del self._ends[at], self._totals[at], self._links[at]
        if at and self._ends[at - 1] == place:
            self._totals[at - 1], self._links[at - 1] = total, link
            return
        self._ends.insert(at, place)
        self._totals.insert(at, total)
        self._links.insert(at, link)

    def best(self) -> dict[int, int]:
        link = self._links[-1] if self._links else None
        found: dict[int, int] = {}
        while link is not None:
            found[link.source] = link.ir
            link = link.previous
        return found


@dataclass(frozen=True)
class _Link:
    source: int
    ir: int
    previous: _Link | None
