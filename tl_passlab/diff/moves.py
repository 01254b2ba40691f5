"""Statements that are in both texts but at another place, and whether the place can matter."""

from __future__ import annotations

from collections.abc import Iterable

from tl_passlab.diff.changed import Verdict, names_agree
from tl_passlab.diff.classify_statement import statement_class
from tl_passlab.diff.effects import EffectFinder, Effects
from tl_passlab.diff.match import Matching
from tl_passlab.diff.result import worst
from tl_passlab.diff.tree import Tree

# Work allowed for the question whether a move can be seen; beyond it the answer is yes.
MAX_CROSSINGS = 200_000
MAX_CANDIDATES = 50


def find_moves(matching: Matching) -> dict[int, int]:
    """Subtrees without a partner that are, name for name, somewhere on the other side; roots only."""
    before, after = matching.before, matching.after
    waiting: dict[int, list[int]] = {}
    for j, partner in enumerate(matching.to_before):
        if partner < 0 and _worth_moving(after, j):
            waiting.setdefault(after.alpha[j], []).append(j)
    found: dict[int, int] = {}
    taken: set[int] = set()
    i = 0
    while i < len(before):
        if matching.to_after[i] >= 0 or not _worth_moving(before, i):
            i += 1
            continue
        candidates = [j for j in waiting.get(before.alpha[i], ())[:MAX_CANDIDATES] if j not in taken]
        # Of several equal up to names, the one of the same names.
        candidates.sort(key=lambda j: before.exact[i] != after.exact[j])
        partner = next((j for j in candidates if _same_subtree(matching, i, j)), -1)
        if partner < 0:
            i += 1
            continue
        found[i] = partner
        taken.update(range(partner, after.end[partner]))
        i = before.end[i]
    return found


def _worth_moving(tree: Tree, index: int) -> bool:
    """Brackets and bookkeeping lines look alike everywhere; calling one of them moved would say nothing."""
    code = tree.code[index]
    return len(code) > 8 and not code.startswith(("else", "elif", "T.reads(", "T.writes(", "{"))


def _same_subtree(matching: Matching, i: int, j: int) -> bool:
    before, after = matching.before, matching.after
    size = before.end[i] - i
    if after.end[j] - j != size:
        return False
    if any(matching.to_after[i + k] >= 0 or matching.to_before[j + k] >= 0 for k in range(size)):
        return False
    if any(before.alpha[i + k] != after.alpha[j + k] for k in range(size)):
        return False
    added: list[int] = []
    for k in range(size):
        for ours, theirs in zip(before.defs.get(i + k, ()), after.defs.get(j + k, ()), strict=False):
            if matching.entities.setdefault(ours, theirs) == theirs:
                added.append(ours)
    if all(names_agree(matching, i + k, j + k) for k in range(size)):
        return True
    for entity in added:
        del matching.entities[entity]
    return False


class MoveJudge:
    """Decides what a move is: reordered without effect, or which class of difference."""

    def __init__(self, matching: Matching, moves: dict[int, int]) -> None:
        self.matching = matching
        self.moves = moves
        self.effects = EffectFinder(matching.before)
        self.spent = 0
        self._partner = list(matching.to_after)
        for i, j in moves.items():
            for k in range(matching.before.end[i] - i):
                self._partner[i + k] = j + k

    def verdict(self, i: int) -> Verdict:
        """The class of the move of the subtree at i."""
        tree = self.matching.before
        j = self.moves[i]
        kind = worst({statement_class(tree, k) for k in range(i, tree.end[i])})
        parent, target = tree.parent[i], self.matching.after.parent[j]
        if (self.matching.to_after[parent] if parent >= 0 else -1) != target:
            return Verdict(kind, "moved to another block")
        crossed = self._crossed(i, j)
        if crossed is None:
            return Verdict(kind, "moved past very many statements")
        return self._across(i, kind, crossed)

    def _crossed(self, i: int, j: int) -> list[int] | None:
        """The statements that are on another side of this one than they were."""
        tree = self.matching.before
        parent = tree.parent[i]
        start, stop = (parent + 1, tree.end[parent]) if parent >= 0 else (0, len(tree))
        self.spent += stop - start
        if self.spent > MAX_CROSSINGS:
            return None
        partner = self._partner
        return [
            k
            for k in range(start, stop)
            if partner[k] >= 0 and not i <= k < tree.end[i] and (k < i) != (partner[k] < j)
        ]

    def _across(self, i: int, kind: str, crossed: Iterable[int]) -> Verdict:
        mine = self.effects.of_subtree(i)
        tree = self.matching.before
        if mine.synchronises:
            return Verdict("synchronisation", "moved to another place among the statements it orders")
        passed = Effects()
        for k in crossed:
            theirs = self.effects.of(k)
            passed.add(theirs)
            if theirs.synchronises:
                also = (kind,) if kind != "synchronisation" else ()
                return Verdict("synchronisation", f"moved across {tree.code[k][:60]}", also)
        if mine.conflicts(passed):
            return Verdict(kind, "moved across statements that touch the same data, or may")
        return Verdict("reordered (independent)", "moved across statements that touch nothing it touches")
