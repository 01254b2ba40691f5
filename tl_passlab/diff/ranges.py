"""What is known of the integer variables of a text: which names are integers, and between which values."""

from __future__ import annotations

import re

from tl_passlab.diff.language import BRACES
from tl_passlab.diff.nodes import callee, unparse
from tl_passlab.diff.statement import parse_statement
from tl_passlab.diff.syntax import Node, NotParsed
from tl_passlab.diff.tree import Tree

Range = tuple[int, int]

_LOOPS = frozenset({"range", "serial", "unroll", "vectorized", "parallel", "Parallel", "Pipelined", "grid"})
# Signed only: unsigned arithmetic wraps where the proofs go below zero.
_INTEGER_TYPES = re.compile(r"(?:T\.|const )*int(?:32|64)?(?:_t)?$")
_BOUNDS = re.compile(r"__launch_bounds__\((\d+)|max_total_threads_per_threadgroup\((\d+)\)")
MAX_SCAN = 20_000


def _number(node: Node) -> int | None:
    return int(node.text) if node.kind == "num" and node.text.isdigit() else None


class Ranges:
    """The ranges of one tree's definitions, found from the statements that define them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._known: dict[int, tuple[bool, Range | None]] = {}
        bounds = (
            [int(a or b) for code in tree.code for a, b in _BOUNDS.findall(code)] if tree.language in BRACES else []
        )
        # Several kernels in one file: the widest bound holds for all of them.
        self.threads: Range | None = (0, max(bounds) - 1) if bounds else None

    def is_integer(self, entity: int) -> bool:
        """Whether the definition is certainly of an integer."""
        return self._of(entity)[0]

    def range(self, entity: int) -> Range | None:
        """The inclusive bounds of the variable, None when they are not constants."""
        return self._of(entity)[1]

    def _of(self, entity: int) -> tuple[bool, Range | None]:
        if entity not in self._known:
            try:
                self._known[entity] = self._find(entity)
            except NotParsed:
                self._known[entity] = (False, None)
        return self._known[entity]

    def _find(self, entity: int) -> tuple[bool, Range | None]:
        statement = self.tree.entities[entity].statement
        if self.tree.entities[entity].kind == "parameter":
            return self._typed_parameter(entity), None
        node = parse_statement(self.tree, statement)
        if node.text == "for":
            found = self._c_loop(node, entity) if self.tree.language in BRACES else _tir_loop(node, entity)
            return True, found if found and not self._reassigned(entity) else None
        parts = {part.text: part.kids[0] for part in node.kids if part.kind == "part"}
        extent = _thread_extent(parts.get("value") or parts.get("context"))
        if extent is not None:
            return True, extent
        symbol = unparse(parts["value"]) in ("T.int32()", "T.int64()") if "value" in parts else False
        return symbol or bool("type" in parts and _INTEGER_TYPES.match(unparse(parts["type"]))), None

    def _typed_parameter(self, entity: int) -> bool:
        found = self.tree.entities[entity]
        name, code = re.escape(found.name), self.tree.code[found.statement]
        typed = rf"\bint {name}\b" if self.tree.language in BRACES else rf"\b{name}: T\.int(?:32|64)\b"
        return bool(re.search(typed, code))

    def _c_loop(self, node: Node, entity: int) -> Range | None:
        parts = {part.text: part.kids[0] for part in node.kids}
        start = next((p.kids[0] for p in parts["start"].kids if p.text == "value"), None)
        kind = next((unparse(p.kids[0]) for p in parts["start"].kids if p.text == "type"), "")
        low = _number(start) if start else None
        bound, step = parts["bound"], unparse(parts["step"])
        high = _number(bound.kids[1]) if bound.kind == "op" and bound.text in ("<", "<=") else None
        name = self.tree.entities[entity].name
        counts = bound.kids[0].ent == entity and step.replace("call", "").strip() in (f"++{name}", f"post++{name}")
        if low is None or high is None or not counts or not _INTEGER_TYPES.match(kind):
            return None
        high = high if bound.text == "<=" else high - 1
        return (low, high) if high >= low else None

    def _reassigned(self, entity: int) -> bool:
        """Whether the loop's body may change its variable: then its bounds say nothing."""
        if self.tree.language not in BRACES:
            return False
        found = self.tree.entities[entity]
        name = re.escape(found.name)
        writes = re.compile(
            rf"\b{name}\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)|(?:\+\+|--)\s*{name}\b|\b{name}\s*(?:\+\+|--)|&\s*{name}\b"
        )
        stop = self.tree.end[found.statement]
        if stop - found.statement > MAX_SCAN:
            return True
        return any(writes.search(code) for code in self.tree.code[found.statement + 1 : stop])


def _tir_loop(node: Node, entity: int) -> Range | None:
    targets = [part.kids[0].ent for part in node.kids if part.text == "target"]
    domain = next(part.kids[0] for part in node.kids if part.text == "domain")
    name = callee(domain)
    if domain.kind != "call" or (name not in _LOOPS and name != "thread_binding"):
        return None
    arguments = [_number(kid) for kid in domain.kids[1:] if kid.kind not in ("keyword", "str")]
    if name in ("grid", "Parallel") or len(targets) > 1:
        extent = arguments[targets.index(entity)] if len(arguments) == len(targets) else None
        return (0, extent - 1) if extent else None
    if len(arguments) == 1 and arguments[0]:
        return (0, arguments[0] - 1)
    if len(arguments) == 2 and arguments[0] is not None and arguments[1] is not None and arguments[0] < arguments[1]:
        return (arguments[0], arguments[1] - 1)
    return None


def _thread_extent(node: Node | None) -> Range | None:
    if node is None or node.kind != "call" or callee(node) != "launch_thread" or len(node.kids) != 3:
        return None
    extent = _number(node.kids[2])
    return (0, extent - 1) if extent else None
