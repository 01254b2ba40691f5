"""What a statement reads and writes: the ground on which `reordered (independent)` is claimed.

Conservative throughout: a statement that is not understood may touch anything, names that may alias are one thing, and
all parameters may be the same memory as soon as one of them is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tl_passlab.diff.classify_statement import calls, statement_class
from tl_passlab.diff.nodes import callee
from tl_passlab.diff.ranges import Ranges
from tl_passlab.diff.statement import parse_statement
from tl_passlab.diff.syntax import Node, NotParsed
from tl_passlab.diff.tree import Tree
from tl_passlab.diff.vocabulary import operation_class

PARAMETERS = -1
_PURE_CLASSES = frozenset({"arithmetic", "type / cast", "predicate", "loop structure"})
_PURE = frozenset({"region", "tvm_access_ptr", "access_ptr", "address_of", "Broadcast", "Ramp", "bool", "handle"})
# Classed as arithmetic, but they write or depend on who else runs.
_UPDATES = re.compile(r"atomic|reduc|cum(?:sum|max)|rng|print|assert", re.IGNORECASE)
_TILE_WRITES = frozenset({"copy", "fill", "clear", "transpose", "gemm", "reduce", "ptx_cp_async", "finalize_reducer"})
_READ, _WRITE = 1, 2


@dataclass
class Effects:
    """Memory and variables touched, by root definition; `anything` when that is not known."""

    reads: set[int] = field(default_factory=set)
    writes: set[int] = field(default_factory=set)
    anything: bool = False
    synchronises: bool = False

    def conflicts(self, other: Effects) -> bool:
        """Whether the order of the two can be seen."""
        if self.anything or other.anything:
            return True
        touched = self.reads | self.writes
        return bool(self.writes & (other.reads | other.writes) or other.writes & touched)

    def add(self, other: Effects) -> None:
        self.reads |= other.reads
        self.writes |= other.writes
        self.anything = self.anything or other.anything
        self.synchronises = self.synchronises or other.synchronises


class EffectFinder:
    """The effects of the statements of one tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.ranges = Ranges(tree)
        self._joined: dict[int, int] = {}
        self._found: dict[int, Effects] = {}

    def of_subtree(self, index: int) -> Effects:
        """Everything the statement and what it holds touch."""
        total = Effects()
        for at in range(index, self.tree.end[index]):
            total.add(self.of(at))
        return total

    def of(self, index: int) -> Effects:
        if index not in self._found:
            self._found[index] = self._find(index)
        return self._found[index]

    def _find(self, index: int) -> Effects:
        kind = statement_class(self.tree, index)
        if kind == "synchronisation":
            return Effects(anything=True, synchronises=True)
        try:
            node = parse_statement(self.tree, index)
        except NotParsed:
            return Effects(anything=True)
        form = node.text
        found = Effects()
        if form in ("call", "with", "return", "assert", "while"):
            names = calls(self.tree.code[index])
            if form != "call" or not names or names[0] not in _TILE_WRITES:
                return Effects(anything=True)
            self._collect(node, found, _READ | _WRITE)
            return found
        unknown = any(not self._pure(name) for name in calls(self.tree.code[index]))
        if unknown and form not in ("for", "if", "else") and kind != "allocation / scope":
            return Effects(anything=True)
        for part in node.kids:
            target = part.text == "target"
            for kid in part.kids:
                self._collect(kid, found, _WRITE if target else _READ)
        return found

    @staticmethod
    def _pure(name: str) -> bool:
        if _UPDATES.search(name):
            return False
        return name in _PURE or operation_class(name) in _PURE_CLASSES

    def _collect(self, node: Node, found: Effects, mode: int) -> None:
        """Add what a node touches; an indexed target writes its base and reads its indices."""
        if node.kind == "index":
            self._collect(node.kids[0], found, mode)
            for kid in node.kids[1:]:
                self._collect(kid, found, _READ)
            return
        if node.kind == "call" and callee(node) in ("region", "tvm_access_ptr"):
            mask = node.kids[2] if callee(node) == "region" else node.kids[-1]
            mode = int(mask.text) & 3 if mask.kind == "num" and mask.text.isdigit() else _READ | _WRITE
        if node.ent is not None:
            root = self.root(node.ent)
            if mode & _WRITE and not (self.ranges.is_integer(node.ent) and mode & _READ):
                found.writes.add(root)
            else:
                found.reads.add(root)
        for kid in node.kids:
            self._collect(kid, found, mode)

    def root(self, entity: int) -> int:
        """The memory a definition names: whatever it was defined from is taken to be the same memory."""
        if not self._joined:
            self._join_aliases()
        return self._top(entity)

    def _top(self, entity: int) -> int:
        while self._joined.get(entity, entity) != entity:
            entity = self._joined[entity]
        return entity

    def _join_aliases(self) -> None:
        """Views, offsets, `data=` and pointers: a definition joins everything but integers that it mentions."""
        self._joined[PARAMETERS] = PARAMETERS
        for entity, definition in enumerate(self.tree.entities):
            if definition.kind == "parameter":
                self._joined[self._top(entity)] = self._top(PARAMETERS)
            if definition.kind != "value" or self.ranges.is_integer(entity):
                continue
            for other in self.tree.ents[definition.statement]:
                if other is not None and other != entity and not self.ranges.is_integer(other):
                    self._joined[self._top(entity)] = self._top(other)
