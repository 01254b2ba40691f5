"""Whether a difference selects a stage of a pipeline: `ko % 3`, a sequential loop modulo a small number.

A swizzle is a modulo too, but of thread indices; which names are loops and which are threads is known from what they
were defined as.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tl_passlab.diff.nodes import Leaf, callee, unparse
from tl_passlab.diff.syntax import Node
from tl_passlab.diff.tree import Tree

_MODULUS = re.compile(r"^[2-8]$")
_MASK = re.compile(r"^[137]$")
_MODULO_CALLS = frozenset({"truncmod", "FloorMod", "floormod", "bitwise_and"})
_SEQUENTIAL = re.compile(r"\b(?:range|serial|Pipelined)\(|for \((?!.*unroll)")

# What a name of one side stands for: "loop", "thread" or "".
Role = Callable[[Node], str]


def role_in(tree: Tree) -> Role:
    """The roles of the names of one tree."""

    def role(node: Node) -> str:
        if node.kind == "attr":
            return "thread" if unparse(node).startswith(("threadIdx.", "blockIdx.")) else ""
        if node.ent is None:
            return ""
        entity = tree.entities[node.ent]
        code = tree.code[entity.statement]
        if entity.kind == "loop":
            return "loop" if _SEQUENTIAL.search(code) and "thread_binding" not in code else "unrolled"
        return "thread" if "launch_thread" in code or "thread_binding" in code else ""

    return role


def stage_differs(leaf: Leaf, before: Role, after: Role) -> bool:
    """Whether the difference is inside what selects a stage, or one side selects a stage and the other does not."""
    for step in leaf.path:
        if _is_stage(step.before, before) or _is_stage(step.after, after):
            return True
    return _selects(leaf.before, before) != _selects(leaf.after, after)


def _selects(node: Node | None, role: Role) -> bool:
    return node is not None and any(_is_stage(part, role) for part in node.walk())


def _is_stage(node: Node, role: Role) -> bool:
    if node.kind == "op" and node.text in ("%", "&"):
        operand, modulus = node.kids
    elif node.kind == "call" and callee(node) in _MODULO_CALLS and len(node.kids) == 3:
        operand, modulus = node.kids[1:]
    else:
        return False
    limits = _MASK if node.text == "&" or callee(node) == "bitwise_and" else _MODULUS
    if not limits.match(modulus.text):
        return False
    roles = {role(part) for part in operand.walk() if part.kind in ("name", "attr")}
    # Peeled iterations have numbers where the loop variable was: `T.FloorMod(6, 3)`.
    return ("loop" in roles or operand.kind == "num") and "thread" not in roles
