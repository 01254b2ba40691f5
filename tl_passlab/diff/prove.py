"""Prove that two integer expressions are equal, or say nothing: as polynomials, or by trying every value there is.

Example: `(i * 4 + v) // 4` and `i` are equal for every v in 0..3; `i % 4` and `i` are not, unless i is known to be < 4.
"""

from __future__ import annotations

import math

from tl_passlab.diff.evaluate import constant_value, numbered
from tl_passlab.diff.language import BRACES
from tl_passlab.diff.match import Matching
from tl_passlab.diff.nodes import unparse
from tl_passlab.diff.polynomial import Atom, NotInteger, Poly, Reader, add, key
from tl_passlab.diff.ranges import Range, Ranges
from tl_passlab.diff.syntax import Node

MAX_VALUES = 70_000
# Per pair of texts: a dump with thousands of rewritten indices is reported unproven rather than late. Values and not
# seconds, so that what is proven does not depend on the machine.
MAX_TRIED = 1_000_000
_UNKNOWN: Range = (0, MAX_VALUES)
_THREADS = ("threadIdx.x", "threadIdx.y", "threadIdx.z")


class Prover:
    """Proves expressions of one matching equal; `prove` is what the comparison calls."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.before, self.after = Ranges(matching.before), Ranges(matching.after)
        self.c_like = matching.before.language in BRACES
        self.spent = 0
        self._domains: dict[Atom, Range] = {}

    def prove(self, before: Node, after: Node, integer: bool) -> str:
        """How the equality is known, "" when it is not. `integer`: the context says that both are integers."""
        if self.spent > MAX_TRIED:
            return ""
        try:
            left = self._reader(True, strict=not integer).read(before)
            right = self._reader(False, strict=not integer).read(after)
            return self._equal(add(left, right, -1))
        except (NotInteger, ZeroDivisionError, RecursionError):
            return ""

    def _reader(self, is_before: bool, *, strict: bool) -> Reader:
        return Reader(
            lambda node, exact: self._variable(node, is_before, exact),
            lambda node: self._thread(node, is_before),
            c_like=self.c_like,
            strict=strict,
        )

    def _variable(self, node: Node, is_before: bool, exact: bool) -> Atom:
        """One atom per variable, the same for corresponding names of both sides."""
        if node.kind == "attr":
            if exact:
                # Members, and `threadIdx.x` without a cast, which is unsigned.
                raise NotInteger(unparse(node))
            base = node.kids[0]
            named = base.kind in ("name", "attr")
            return ("attribute", node.text, self._variable(base, is_before, False) if named else unparse(base))
        if node.ent is None:
            if exact:
                raise NotInteger(node.text)
            return ("free", node.text)
        partner = self.matching.entities.get(node.ent) if is_before else node.ent
        ranges = self.before if is_before else self.after
        if partner is None or (exact and not ranges.is_integer(node.ent)):
            raise NotInteger(node.text)
        atom: Atom = ("variable", partner)
        self._widen(atom, ranges.range(node.ent))
        return atom

    def _thread(self, node: Node, is_before: bool) -> Atom:
        atom: Atom = ("thread", unparse(node))
        threads = (self.before if is_before else self.after).threads
        self._widen(atom, threads if unparse(node) in _THREADS else None)
        return atom

    def _widen(self, atom: Atom, found: Range | None) -> None:
        """Both sides' ranges count: the proof has to hold for every value on either."""
        if found is None:
            self._domains[atom] = _UNKNOWN
            return
        known = self._domains.get(atom, found)
        self._domains[atom] = (min(known[0], found[0]), max(known[1], found[1]))

    def _equal(self, difference: Poly) -> str:
        if not difference:
            return "the same polynomial"
        rest = 0
        tried = 0
        for group in _groups(difference):
            names = sorted(_variables(key(group)), key=repr)
            domains = tuple(self._domains.get(n, _UNKNOWN) for n in names)
            count = math.prod(high - low + 1 for low, high in domains)
            if count > MAX_VALUES:
                return ""
            self.spent += count
            # By place, not by definition: the same question comes again in the next text.
            places = {name: place for place, name in enumerate(names)}
            value = constant_value(numbered(key(group), places), domains)
            if value is None:
                return ""
            rest += value
            tried += count
        return f"true for all {tried} values" if rest == 0 else ""


def _groups(poly: Poly) -> list[Poly]:
    """The terms split into sums that share no variable; the constant joins the first."""
    groups: list[tuple[set[Atom], Poly]] = []
    constant = poly.get((), 0)
    for term, coefficient in poly.items():
        if term == ():
            continue
        names = {n for atom in term for n in _variables(atom)}
        merged: Poly = {term: coefficient}
        kept = []
        for other_names, other in groups:
            if other_names & names:
                names |= other_names
                merged = add(merged, other)
            else:
                kept.append((other_names, other))
        groups = [*kept, (names, merged)]
    if constant and groups:
        groups[0] = (groups[0][0], add(groups[0][1], {(): constant}))
    return [group for _, group in groups] or [poly]


def _variables(part: object) -> set[Atom]:
    """The variables in an atom or a polynomial's key; something opaque counts as one of unknown range."""
    if not isinstance(part, tuple):
        return set()
    if part and part[0] in ("variable", "thread", "free", "attribute", "opaque", "cast", "text"):
        return {part}
    found: set[Atom] = set()
    for item in part:
        found |= _variables(item)
    return found
