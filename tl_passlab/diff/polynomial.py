"""Integer expressions as polynomials over atoms: sums cancel, products distribute, everything else is an atom.

An atom is a variable, a division or the like of two polynomials, or something opaque that must match exactly. All
arithmetic is over the mathematical integers: index arithmetic is assumed not to overflow, as TVM's own analyzer does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tl_passlab.diff.nodes import callee, unparse
from tl_passlab.diff.syntax import Node

# An atom is a nested tuple; a polynomial maps sorted tuples of atoms to their coefficient.
Atom: TypeAlias = tuple[object, ...]
Poly: TypeAlias = dict[tuple[Atom, ...], int]
Key: TypeAlias = tuple[tuple[tuple[Atom, ...], int], ...]

MAX_TERMS = 200


class NotInteger(Exception):
    """The expression is not certainly of integers, or not one this prover knows."""


_CALLS = {
    "FloorDiv": "floordiv",
    "floordiv": "floordiv",
    "FloorMod": "floormod",
    "floormod": "floormod",
    "Div": "truncdiv",
    "truncdiv": "truncdiv",
    "truncmod": "truncmod",
    "min": "min",
    "max": "max",
    "Min": "min",
    "Max": "max",
    "shift_right": ">>",
    "shift_left": "<<",
    "bitwise_and": "&",
    "bitwise_or": "|",
    "bitwise_xor": "^",
    "Add": "+",
    "Sub": "-",
    "Mul": "*",
    "And": "and",
    "Or": "or",
}
_FLIPPED = {">": "<", ">=": "<="}


def key(poly: Poly) -> Key:
    """The polynomial as a hashable value, equal for equal polynomials."""
    return tuple(sorted(poly.items(), key=repr))


def add(left: Poly, right: Poly, factor: int = 1) -> Poly:
    """left + factor * right."""
    total = dict(left)
    for term, coefficient in right.items():
        value = total.get(term, 0) + factor * coefficient
        if value:
            total[term] = value
        else:
            total.pop(term, None)
    return total


def multiply(left: Poly, right: Poly) -> Poly:
    """left * right; NotInteger when it grows beyond what is worth it."""
    if len(left) * len(right) > MAX_TERMS:
        raise NotInteger("too many terms")
    total: Poly = {}
    for one, a in left.items():
        for two, b in right.items():
            total = add(total, {tuple(sorted(one + two, key=repr)): a * b})
    return total


class Reader:
    """Turns expression nodes of one side into polynomials."""

    def __init__(
        self,
        variable: Callable[[Node, bool], Atom],
        thread: Callable[[Node], Atom],
        *,
        c_like: bool,
        strict: bool,
    ) -> None:
        # `variable` names an atom so that corresponding names of both sides give equal atoms; asked for exactly, it
        # refuses what is not certainly a signed integer. `thread` does the same for `(int)threadIdx.x`.
        self.variable = variable
        self.thread = thread
        self.c_like = c_like
        self.strict = strict
        self.exact = 0

    def read(self, node: Node) -> Poly:
        """The node as a polynomial; NotInteger when it is not certainly an integer expression."""
        if node.kind == "num":
            if not node.text.isdigit():
                raise NotInteger(node.text)
            return {(): int(node.text)} if int(node.text) else {}
        if node.kind in ("name", "attr"):
            return {(self.variable(node, self.strict or self.exact > 0),): 1}
        if node.kind == "op" and node.text != "->":
            return self._operation(self._symbol(node.text), node.kids)
        if node.kind == "unary" and node.text == "-":
            return add({}, self.read(node.kids[0]), -1)
        if node.kind == "unary" and node.text in ("not", "!"):
            return {(("not", key(self.read(node.kids[0]))),): 1}
        if node.kind == "call" and callee(node) in _CALLS and len(node.kids) == 3:
            return self._operation(_CALLS[callee(node)], node.kids[1:])
        if node.kind == "cast" and node.text == "int":
            return self._cast(node.kids[0])
        if self.strict:
            raise NotInteger(node.kind)
        return {(self._opaque(node),): 1}

    def _symbol(self, text: str) -> str:
        if text in ("/", "%"):
            if self.c_like:
                return {"/": "truncdiv", "%": "truncmod"}[text]
            if text == "/":
                raise NotInteger("/")
            return "floormod"
        return {"//": "floordiv", "&&": "and", "||": "or"}.get(text, text)

    def _operation(self, symbol: str, kids: tuple[Node, ...]) -> Poly:
        if symbol not in ("+", "-", "*"):
            # Sums and products are the same for every kind of integer, divisions and comparisons are not.
            self.exact += 1
        left, right = self.read(kids[0]), self.read(kids[1])
        if symbol not in ("+", "-", "*"):
            self.exact -= 1
        if symbol in ("+", "-"):
            return add(left, right, 1 if symbol == "+" else -1)
        if symbol == "*":
            return multiply(left, right)
        if symbol in ("<", "<=", ">", ">=", "==", "!="):
            return {(_comparison(symbol, left, right),): 1}
        constant = right.get((), 0) if set(right) <= {()} else None
        if symbol == "<<" and constant is not None and 0 <= constant < 31:
            return multiply(left, {(): 2**constant})
        if symbol == ">>" and constant is not None and 0 <= constant < 31:
            symbol, right = "floordiv", {(): 2**constant}
        elif symbol == "&" and constant is not None and constant > 0 and (constant + 1) & constant == 0:
            symbol, right = "floormod", {(): constant + 1}
        if symbol not in ("floordiv", "floormod", "truncdiv", "truncmod", "min", "max", "&", "|", "^", "and", "or"):
            raise NotInteger(symbol)
        return {((symbol, key(left), key(right)),): 1}

    def _cast(self, node: Node) -> Poly:
        if node.kind == "attr" and unparse(node.kids[0]) in ("threadIdx", "blockIdx"):
            return {(self.thread(node),): 1}
        if self.strict:
            return self.read(node)
        return {(("cast", self._opaque(node)),): 1}

    def _opaque(self, node: Node) -> Atom:
        """Something that is not arithmetic: equal only to the very same; what indexes it may be arithmetic again."""
        if node.kind in ("name", "attr") and (node.ent is not None or node.kind == "name"):
            return self.variable(node, False)
        kids: list[object] = []
        for position, kid in enumerate(node.kids):
            indexed = node.kind == "index" and position > 0 and kid.kind != "slice"
            pointer = node.kind in ("cast",) and node.text.endswith("*")
            kids.append(key(self.read(kid)) if indexed or pointer else self._opaque(kid))
        return ("opaque", node.kind, node.text, *kids)


def _comparison(symbol: str, left: Poly, right: Poly) -> Atom:
    """Every comparison as `p < 0` or `p == 0`."""
    if symbol in _FLIPPED:
        symbol, left, right = _FLIPPED[symbol], right, left
    difference = add(left, right, -1)
    if symbol in ("<", "<="):
        return ("lt0", key(add(difference, {(): -1}) if symbol == "<=" else difference))
    opposite = add({}, difference, -1)
    return ("eq0" if symbol == "==" else "ne0", min(key(difference), key(opposite), key=repr))
