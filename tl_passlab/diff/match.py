"""Match the statements of two trees, and their definitions with each other.

Statements first, in reading order and by key, so that a loop put around unchanged statements leaves those matched; then
the tree is checked: a match whose surroundings do not correspond is given up. Definitions correspond when their
statements do, and every use of a name is held against that later, so no match, however bad, can hide a difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tl_passlab.diff.align import Range, align, gaps, longest_rise
from tl_passlab.diff.functions import Segment, pair_functions
from tl_passlab.diff.names import Interner
from tl_passlab.diff.similar import shape
from tl_passlab.diff.tree import Tree


@dataclass
class Matching:
    """Which statement and which definition of one side corresponds to which of the other (-1, absent: none)."""

    before: Tree
    after: Tree
    to_after: list[int] = field(default_factory=list)
    to_before: list[int] = field(default_factory=list)
    # None stands for a name that has no definition, which corresponds to nothing but another such name.
    entities: dict[int | None, int | None] = field(default_factory=lambda: {None: None})
    segments: list[Segment] = field(default_factory=list)
    _aliases: frozenset[tuple[str, str]] | None = None

    def link(self, i: int, j: int) -> None:
        self.to_after[i], self.to_before[j] = j, i

    def unlink(self, i: int) -> None:
        self.to_before[self.to_after[i]] = -1
        self.to_after[i] = -1

    def aliases(self) -> frozenset[tuple[str, str]]:
        """Renamed definitions as (old, new), with and without the printer's numbering."""
        if self._aliases is None:
            found: set[tuple[str, str]] = set()
            for ours, theirs in self.entities.items():
                if ours is not None and theirs is not None:
                    old, new = self.before.entities[ours].name, self.after.entities[theirs].name
                    if old != new:
                        found |= {(old, new), (plain_name(old), plain_name(new))}
            self._aliases = frozenset(found)
        return self._aliases

    def pair_by_name(self) -> None:
        """Definitions left on both sides with one name correspond, if that is unambiguous.

        Their statements are reported as different; this keeps every use of the name from being reported too.
        """
        left = _unpaired(self.before, set(self.entities))
        right = _unpaired(self.after, set(self.entities.values()))
        for key, n in left.items():
            m = right.get(key, -1)
            if n >= 0 and m >= 0:
                self.entities[n] = m


def plain_name(name: str) -> str:
    """A name without the number the printer adds to tell equal names apart: `As` for `As_1`."""
    head, _, tail = name.rpartition("_")
    return head if head and tail.isdigit() else name


def match_trees(before: Tree, after: Tree, interner: Interner) -> Matching:
    """The whole matching of two trees."""
    from tl_passlab.diff.pair import pair_leftovers

    matching = Matching(before, after, [-1] * len(before), [-1] * len(after))
    matching.segments = pair_functions(before, after)
    for segment in matching.segments:
        _align_segment(matching, segment, interner)
    for i, j in enumerate(matching.to_after):
        if j >= 0:
            matching.to_before[j] = i
    keep_consistent(matching)
    if pair_leftovers(matching):
        keep_consistent(matching)
    _uncross(matching)
    _keep_order(matching)
    pair_entities(matching)
    return matching


def _neighbourhoods(keys: list[int]) -> list[int]:
    """Each key together with its neighbours': rare, so a safe place to anchor an alignment."""
    return [hash(triple) for triple in zip([-1, *keys], keys, [*keys[1:], -1], strict=False)]


def _align_segment(matching: Matching, segment: Segment, interner: Interner) -> None:
    rows, columns = segment
    before, after = matching.before, matching.after
    exact = [before.exact[i] for i in rows], [after.exact[j] for j in columns]
    alpha = [before.alpha[i] for i in rows], [after.alpha[j] for j in columns]
    known = set(exact[0]), set(exact[1])
    # Where most names differ, an equal text is a coincidence: trust what the names were defined as first.
    renamed = len(known[0] & known[1]) * 2 < min(len(known[0]), len(known[1]))
    rounds = [alpha, exact] if renamed else [exact, alpha]
    found = [-1] * len(rows)
    pending: list[Range] = [(0, len(rows), 0, len(columns))]
    for left, right in rounds:
        near = _neighbourhoods(left), _neighbourhoods(right)
        for gap in pending:
            align(*near, gap, found, shortest=False)
        pending = [g for bound in pending for g in gaps(found, bound)]
    for left, right in rounds:
        for gap in pending:
            align(left, right, gap, found)
        pending = [g for bound in pending for g in gaps(found, bound)]
    for gap in pending:
        removed = [before.code[i] for i in rows[gap[0] : gap[1]]]
        added = [after.code[j] for j in columns[gap[2] : gap[3]]]
        _align_shapes(removed, added, gap, found, interner)
    for k, partner in enumerate(found):
        if partner >= 0:
            matching.to_after[rows[k]] = columns[partner]


def _align_shapes(before: list[str], after: list[str], gap: Range, found: list[int], interner: Interner) -> None:
    """Statements that differ in constants only; worth the keys only where something is left on both sides."""
    left, right = [interner("shape " + shape(c)) for c in before], [interner("shape " + shape(c)) for c in after]
    matched = [-1] * len(left)
    align(left, right, (0, len(left), 0, len(right)), matched)
    for k, partner in enumerate(matched):
        if partner >= 0:
            found[gap[0] + k] = gap[2] + partner


def keep_consistent(matching: Matching) -> None:
    """Give up matches whose surroundings do not correspond.

    A statement stays matched only if its nearest matched ancestor is matched with the partner's nearest matched
    ancestor (statements wrapped in something new are fine), and an `else` only with the `if` it belongs to.
    """
    _drop_outvoted_headers(matching)
    before, after = matching.before, matching.after
    anchors_after = _anchors(after, matching.to_before)
    anchor_before = [-1] * len(before)
    owner_before, owner_after = _branch_owners(before), _branch_owners(after)
    dropped = False
    for i, parent in enumerate(before.parent):
        anchor = -1
        if parent >= 0:
            anchor = parent if matching.to_after[parent] >= 0 else anchor_before[parent]
        anchor_before[i] = anchor
        j = matching.to_after[i]
        if j < 0:
            continue
        wanted = matching.to_after[anchor] if anchor >= 0 else -1
        owner = owner_before.get(i, -1)
        branches = owner_after.get(j, -1) == (matching.to_after[owner] if owner >= 0 else -1)
        if anchors_after[j] != wanted or not branches:
            matching.unlink(i)
            dropped = True
            if after.end[j] > j + 1:
                anchors_after = _anchors(after, matching.to_before)
    if dropped:
        _settle(matching)


def _uncross(matching: Matching) -> None:
    """Two definitions of one kind that changed places were matched by place: match them by name, one has moved."""
    before, after = matching.before, matching.after
    crossed: dict[tuple[int, int, int], int] = {}
    for i in before.defs:
        j = matching.to_after[i]
        if j < 0 or before.exact[i] == after.exact[j] or before.end[i] > i + 1:
            continue
        other = crossed.pop((before.parent[i], after.exact[j], before.exact[i]), -1)
        if other < 0:
            crossed[before.parent[i], before.exact[i], after.exact[j]] = i
            continue
        target = matching.to_after[other]
        matching.unlink(i)
        matching.unlink(other)
        matching.link(i, target)


def _keep_order(matching: Matching) -> None:
    """Matches are of statements in the same order; one that crosses others is given up, it has moved."""
    for rows, columns in matching.segments:
        place = {j: k for k, j in enumerate(columns)}
        matched = [i for i in rows if matching.to_after[i] >= 0]
        kept = set(longest_rise([place[matching.to_after[i]] for i in matched]))
        if len(kept) < len(matched):
            for k, i in enumerate(matched):
                if k not in kept:
                    matching.unlink(i)


def _settle(matching: Matching) -> None:
    """Dropping a match changes what the nearest matched ancestors are: drop on until nothing contradicts."""
    for _ in range(len(matching.before) + 1):
        before = _anchors(matching.before, matching.to_after)
        after = _anchors(matching.after, matching.to_before)
        wrong = [
            i
            for i, j in enumerate(matching.to_after)
            if j >= 0 and (matching.to_after[before[i]] if before[i] >= 0 else -1) != after[j]
        ]
        if not wrong:
            return
        for i in wrong:
            matching.unlink(i)


def _anchors(tree: Tree, partner: list[int]) -> list[int]:
    """The nearest matched ancestor of every statement, -1 for none."""
    anchors: list[int] = []
    for parent in tree.parent:
        anchors.append(-1 if parent < 0 else parent if partner[parent] >= 0 else anchors[parent])
    return anchors


def _branch_owners(tree: Tree) -> dict[int, int]:
    """For every `else` and `elif`, the sibling it continues."""
    owners: dict[int, int] = {}
    last: dict[int, int] = {}
    for index, code in enumerate(tree.code):
        parent = tree.parent[index]
        if code[:2] == "el" and code[:4] in ("else", "elif"):
            owners[index] = last.get(parent, -2)
        last[parent] = index
    return owners


def _drop_outvoted_headers(matching: Matching) -> None:
    """A header most of whose matched children are matched into another block was matched to the wrong one."""
    before, after = matching.before, matching.after
    inside: dict[int, int] = {}
    outside: dict[int, int] = {}
    for i, j in enumerate(matching.to_after):
        parent = before.parent[i]
        if j < 0 or parent < 0:
            continue
        partner = matching.to_after[parent]
        if partner < 0:
            continue
        votes = inside if partner < j < after.end[partner] else outside
        votes[parent] = votes.get(parent, 0) + 1
    for header, votes_against in outside.items():
        if votes_against > inside.get(header, 0):
            matching.unlink(header)


def pair_entities(matching: Matching) -> None:
    """Definitions correspond when their statements are matched; a definition that moved, when its name is the same."""
    before, after, entities = matching.before, matching.after, matching.entities
    taken: set[int] = set()
    for i, defined in before.defs.items():
        j = matching.to_after[i]
        if j < 0 or j not in after.defs:
            continue
        partners = after.defs[j]
        if len(partners) != len(defined):
            names = {after.entities[e].name: e for e in partners}
            pairs = [(e, names[before.entities[e].name]) for e in defined if before.entities[e].name in names]
        else:
            pairs = list(zip(defined, partners, strict=True))
        for left, right in pairs:
            entities[left] = right
            taken.add(right)
    _pair_functions(matching, taken)
    if before.language == "ptx":
        _pair_registers(matching, taken)


def _pair_registers(matching: Matching, taken: set[int]) -> None:
    """Registers correspond from their first use on in matched instructions; later uses have to agree."""
    before, after = matching.before, matching.after
    for i, j in enumerate(matching.to_after):
        if j < 0 or before.alpha[i] != after.alpha[j]:
            continue
        for ours, theirs in zip(before.ents[i], after.ents[j], strict=True):
            if ours is None or theirs is None or ours in matching.entities or theirs in taken:
                continue
            matching.entities[ours] = theirs
            taken.add(theirs)


def _pair_functions(matching: Matching, taken: set[int]) -> None:
    headers = {e.statement: n for n, e in enumerate(matching.after.entities) if e.kind == "function"}
    for n, entity in enumerate(matching.before.entities):
        partner = headers.get(matching.to_after[entity.statement], -1) if entity.kind == "function" else -1
        if partner >= 0:
            matching.entities[n] = partner
            taken.add(partner)


def _unpaired(tree: Tree, paired: set[int | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for n, entity in enumerate(tree.entities):
        if n not in paired:
            found[entity.name] = -1 if entity.name in found else n
    return found
