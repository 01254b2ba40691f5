"""Pair removed with added statements that are one statement that changed: among siblings, in order, by likeness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tl_passlab.diff.match import Matching
from tl_passlab.diff.similar import SHARED_CHILDREN_BONUS, THRESHOLD, form, likeness, operation
from tl_passlab.diff.tree import Tree

# Beyond this many candidates a full table is too slow, and statements are paired by their operation in order.
MAX_TABLE = 2_500
DECLARING = frozenset({"Buffer", "alloc_buffer", "sblock_alloc_buffer", "decl_buffer", "match_buffer"})


def pair_leftovers(matching: Matching) -> bool:
    """Match what is left among the children of matched statements; whether anything was matched."""
    loose_before = _by_parent(matching.before, matching.to_after)
    loose_after = _by_parent(matching.after, matching.to_before)
    paired = False
    pending = sorted(loose_before)
    while pending:
        parent = pending.pop(0)
        partner = matching.to_after[parent] if parent >= 0 else -1
        if (parent >= 0 and partner < 0) or partner not in loose_after:
            continue
        for removed, added in _runs(matching, loose_before[parent], loose_after[partner]):
            for i, j in _pairs(matching, removed, added):
                matching.link(i, j)
                paired = True
    return _pair_across_blocks(matching) or paired


def _pair_across_blocks(matching: Matching) -> bool:
    """What is left between two matched statements, whatever block it is in: a statement that also got a new block."""
    paired = False
    for rows, columns in matching.segments:
        for removed, added in _stretches(matching, rows, columns):
            if removed and added and len(removed) * len(added) <= MAX_TABLE:
                for i, j in _pairs(matching, removed, added):
                    matching.link(i, j)
                    paired = True
    return paired


def _stretches(
    matching: Matching, rows: Sequence[int], columns: Sequence[int]
) -> Iterator[tuple[list[int], list[int]]]:
    """The unmatched statements between matched ones, of both sides, in reading order."""
    after = iter(columns)
    removed: list[int] = []
    for i in rows:
        j = matching.to_after[i]
        if j < 0:
            removed.append(i)
            continue
        added = []
        for k in after:
            if k == j:
                break
            if matching.to_before[k] < 0:
                added.append(k)
        yield removed, added
        removed = []
    yield removed, [k for k in after if matching.to_before[k] < 0]


def _by_parent(tree: Tree, partner: list[int]) -> dict[int, list[int]]:
    """The unmatched statements by parent; parents come before their children."""
    found: dict[int, list[int]] = {}
    for index, parent in enumerate(tree.parent):
        if partner[index] < 0:
            found.setdefault(parent, []).append(index)
    return found


def _runs(matching: Matching, removed: list[int], added: list[int]) -> list[tuple[list[int], list[int]]]:
    """The unmatched siblings between two matched ones, of both sides.

    The matched statement before an unmatched one says where it belongs; siblings that are matched elsewhere do not.
    """
    left: dict[int, list[int]] = {}
    for i in removed:
        left.setdefault(_preceding(matching.before, matching.to_after, i), []).append(i)
    right: dict[int, list[int]] = {}
    for j in added:
        at = _preceding(matching.after, matching.to_before, j)
        right.setdefault(matching.to_before[at] if at >= 0 else -1, []).append(j)
    return [(run, right[at]) for at, run in left.items() if at in right]


def _preceding(tree: Tree, partner: list[int], index: int) -> int:
    """The last matched sibling before a statement, -1 for none."""
    parent = tree.parent[index]
    at = index - 1
    while at > parent:
        # Climb from the line above to its ancestor among our siblings.
        while tree.parent[at] != parent:
            at = tree.parent[at]
        if partner[at] >= 0:
            return at
        at -= 1
    return -1


def _pairs(matching: Matching, removed: list[int], added: list[int]) -> list[tuple[int, int]]:
    named = _declared_again(matching, removed, added)
    if named:
        old, new = {i for i, _ in named}, {j for _, j in named}
        removed, added = [i for i in removed if i not in old], [j for j in added if j not in new]
        return named + _pairs_in_order(matching, removed, added)
    return _pairs_in_order(matching, removed, added)


def _declared_again(matching: Matching, removed: list[int], added: list[int]) -> list[tuple[int, int]]:
    """Declarations of one name by one operation: the order in which buffers are declared says nothing about them."""
    waiting = _by_declaration(matching.after, added)
    found = _by_declaration(matching.before, removed)
    return [(i, waiting[key]) for key, i in found.items() if key in waiting]


def _by_declaration(tree: Tree, statements: list[int]) -> dict[tuple[str, str], int]:
    """(operation, name) -> the statement, for those that declare one buffer; a name declared twice is left out."""
    found: dict[tuple[str, str], int] = {}
    twice = set()
    for index in statements:
        names = [tree.entities[ent].name for ent in tree.defs.get(index, ())]
        key = (operation(tree.code[index]), names[0] if len(names) == 1 else "")
        if key[0] in DECLARING and key[1]:
            twice |= {key} & found.keys()
            found[key] = index
    return {key: index for key, index in found.items() if key not in twice}


def _pairs_in_order(matching: Matching, removed: list[int], added: list[int]) -> list[tuple[int, int]]:
    if len(removed) * len(added) > MAX_TABLE:
        return _pairs_by_operation(matching, removed, added)
    rows, columns = len(removed), len(added)
    score = [[_score(matching, i, j) for j in added] for i in removed]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for r in range(rows - 1, -1, -1):
        for c in range(columns - 1, -1, -1):
            value = max(best[r + 1][c], best[r][c + 1])
            if score[r][c] >= THRESHOLD:
                value = max(value, best[r + 1][c + 1] + score[r][c])
            best[r][c] = value
    found: list[tuple[int, int]] = []
    r = c = 0
    while r < rows and c < columns:
        if score[r][c] >= THRESHOLD and best[r][c] == best[r + 1][c + 1] + score[r][c]:
            found.append((removed[r], added[c]))
            r, c = r + 1, c + 1
        elif best[r][c] == best[r + 1][c]:
            r += 1
        else:
            c += 1
    return found


def _pairs_by_operation(matching: Matching, removed: list[int], added: list[int]) -> list[tuple[int, int]]:
    waiting: dict[tuple[str, str], list[int]] = {}
    for j in reversed(added):
        code = matching.after.code[j]
        waiting.setdefault((form(code), operation(code)), []).append(j)
    found: list[tuple[int, int]] = []
    reach = -1
    for i in removed:
        code = matching.before.code[i]
        candidates = waiting.get((form(code), operation(code)), [])
        while candidates and candidates[-1] <= reach:
            candidates.pop()
        if candidates and _score(matching, i, candidates[-1]) >= THRESHOLD:
            reach = candidates.pop()
            found.append((i, reach))
    return found


def _score(matching: Matching, i: int, j: int) -> float:
    before, after = matching.before, matching.after
    score = likeness(before.code[i], after.code[j])
    if score <= 0 or (before.end[i] == i + 1 and after.end[j] == j + 1):
        return score
    # For a header what counts is which statements it holds: those matched already say which header it became.
    held = [matching.to_after[k] for k in range(i + 1, min(before.end[i], i + 200)) if matching.to_after[k] >= 0]
    inside = sum(j < k < after.end[j] for k in held)
    if inside < len(held) - inside:
        return 0.0
    return score + (SHARED_CHILDREN_BONUS if inside else 0.0)
