"""The class of one difference inside a statement, and the reason in words: by what the changed part is for."""

from __future__ import annotations

import re

from tl_passlab.diff.nodes import Leaf, Step, callee, unparse
from tl_passlab.diff.syntax import Node
from tl_passlab.diff.vocabulary import is_copy, is_dtype, is_matrix, key_class, operation_class

MAX_WORDS = 60
_PARITY_CALLS = re.compile(r"wait_parity|mbarrier_wait|^wait$|try_wait")
_VECTOR = re.compile(r"\b(?:u?int|float|half|uchar|u?char)\d(?:x\d)?\b|vectorized")


def words(node: Node | None) -> str:
    """A node as short text for a reason."""
    text = unparse(node)
    return text if len(text) <= MAX_WORDS else text[: MAX_WORDS - 3] + "..."


def _change(leaf: Leaf) -> str:
    if leaf.before is None:
        return f"{words(leaf.after)} added"
    if leaf.after is None:
        return f"{words(leaf.before)} removed"
    old, new = words(leaf.before), words(leaf.after)
    if old == new:
        return f"{old}, which is another {old}" if unparse(leaf.before) == unparse(leaf.after) else f"within {old}"
    return f"{old} -> {new}"


def classify_leaf(leaf: Leaf, stage: bool) -> tuple[str, str]:
    """The class and the reason of one difference; `stage`: it selects a stage of a pipeline."""
    if leaf.proof:
        return "equal expression", f"{words(leaf.before)} = {words(leaf.after)}: {leaf.proof}"
    for rule in (_handle, _keyed, _called, _typed, _in_call, _in_statement, _in_index):
        found = rule(leaf, stage)
        if found:
            return found
    return _fallback(leaf)


def _handle(leaf: Leaf, stage: bool) -> tuple[str, str] | None:
    """`A.data` where `A` stood: what was a buffer is a plain handle now, or the other way round."""
    texts = [unparse(leaf.before), unparse(leaf.after)]
    if all(texts) and (texts[0] == f"{texts[1]}.data" or texts[1] == f"{texts[0]}.data"):
        return "allocation / scope", _change(leaf)
    return None


def _roles(leaf: Leaf) -> list[str]:
    return [step.role for step in leaf.path]


def _call_steps(leaf: Leaf) -> list[tuple[str, Step]]:
    """The calls around the difference, outermost first, with the step taken into each."""
    return [(callee(step.before), step) for step in leaf.path if step.before.kind == "call"]


def _keyed(leaf: Leaf, stage: bool) -> tuple[str, str] | None:
    """Inside a dictionary entry or a keyword argument: what the key is for; the most specific key that says it."""
    named = [step.role.split(":", 1)[1] for step in leaf.path if step.role.startswith(("key:", "kw:"))]
    if not named:
        return None
    for key in named:
        if key in ("scope", "data", "dtype", "shape"):
            kind = "type / cast" if key == "dtype" else "allocation / scope"
            return kind, f"{key}: {_change(leaf)}"
        kind = key_class(key)
        if kind != "attribute":
            return kind, f"{key.strip(chr(34))}: {_change(leaf)}"
    if any(name == "barrier" for name in named):
        return "synchronisation", _change(leaf)
    return "attribute", f"{named[-1].strip(chr(34))}: {_change(leaf)}"


def _called(leaf: Leaf, stage: bool) -> tuple[str, str] | None:
    """Another operation is called, or the call is on one side only."""
    step = leaf.path[-1] if leaf.path else None
    if step is None or step.role not in ("callee",):
        return _call_replaced(leaf)
    old, new = callee(step.before), callee(step.after)
    change = f"{old} -> {new}"
    if (is_matrix(old) and is_matrix(new)) or (is_copy(old) and is_copy(new)):
        return "instruction selection", change
    if {old, new} & {"sblock", "block", "attr"}:
        return "attribute", change
    kinds = {operation_class(old), operation_class(new)} - {""}
    if step.before.kind == "instance" or old == new:
        return (operation_class(old) or "unclassified"), _change(leaf)
    return _worst(kinds), change


def _worst(kinds: set[str]) -> str:
    order = ("synchronisation", "async copy", "instruction selection", "predicate", "launch configuration", "layout")
    for kind in (*order, "allocation / scope", "type / cast", "memory access", "arithmetic", "loop structure"):
        if kind in kinds:
            return kind
    return "unclassified"


def _call_replaced(leaf: Leaf) -> tuple[str, str] | None:
    """A call stands where another expression stood."""
    kinds: set[str] = set()
    for node in (leaf.before, leaf.after):
        if node is not None and node.kind == "call":
            kinds.add(operation_class(callee(node)))
    strong = kinds & {"synchronisation", "async copy", "instruction selection", "predicate", "type / cast", "layout"}
    if not strong or any(role.startswith("dim:") for role in _roles(leaf)):
        return None
    if any(_PARITY_CALLS.search(name) for name, _ in _call_steps(leaf)):
        return None
    return _worst(strong), _change(leaf)


def _typed(leaf: Leaf, stage: bool) -> tuple[str, str] | None:
    """A data type changed."""
    if any(step.role == "cast" and step.before.text != step.after.text for step in leaf.path):
        return "type / cast", _change(leaf)
    for node in (leaf.before, leaf.after):
        if node is not None and node.kind == "cast":
            return _vector_or_type(leaf)
    both = [node for node in (leaf.before, leaf.after) if node is not None]
    if both and all(node.kind in ("str", "name", "attr", "template") and is_dtype(node.text) for node in both):
        return _vector_or_type(leaf)
    if leaf.path and leaf.path[-1].role == "part:type":
        return _vector_or_type(leaf)
    return None


def _vector_or_type(leaf: Leaf) -> tuple[str, str]:
    old, new = unparse(leaf.before), unparse(leaf.after)
    if _VECTOR.search(old) and _VECTOR.search(new):
        return "memory access", f"vector width: {_change(leaf)}"
    return "type / cast", _change(leaf)


def _in_call(leaf: Leaf, stage: bool) -> tuple[str, str] | None:
    """Inside the arguments of an operation that has a class of its own."""
    for name, step in _call_steps(leaf):
        if name in ("reads", "writes"):
            return "attribute", f"{name}: {_change(leaf)}"
        kind = operation_class(name)
        if kind == "synchronisation":
            return _in_synchronisation(leaf, name, step)
        if kind == "async copy":
            if stage:
                return "pipeline stage / parity", f"stage in {name}: {_change(leaf)}"
            return kind, f"{name}: {_change(leaf)}"
        if kind == "instruction selection":
            return _in_instruction(leaf, name, stage)
        if kind in ("launch configuration", "allocation / scope", "layout"):
            return kind, f"{name}: {_change(leaf)}"
        if name in ("if_then_else", "Select") and step.role == "arg:0":
            return "predicate", _change(leaf)
        if kind == "loop structure" and name == "vectorized":
            return "memory access", f"vector width: {_change(leaf)}"
        if kind in ("loop structure", "type / cast"):
            return kind, f"{name}: {_change(leaf)}"
    return None


def _in_synchronisation(leaf: Leaf, name: str, step: Step) -> tuple[str, str]:
    member = step.before.kids[0].kind == "attr" and not unparse(step.before.kids[0]).startswith("T.")
    parity = step.role == ("arg:0" if member else "arg:1") and _PARITY_CALLS.search(name)
    if parity:
        return "pipeline stage / parity", f"parity that {name} waits for: {_change(leaf)}"
    if any(role.startswith("dim:") for role in _roles(leaf)):
        return "pipeline stage / parity", f"which barrier {name} uses: {_change(leaf)}"
    return "synchronisation", f"{name}: {_change(leaf)}"


def _in_instruction(leaf: Leaf, name: str, stage: bool) -> tuple[str, str]:
    if stage:
        return "pipeline stage / parity", f"stage in {name}: {_change(leaf)}"
    nodes = [node for node in (leaf.before, leaf.after) if node is not None]
    if all(node.kind == "name" and node.ent is not None for node in nodes):
        return "arithmetic", f"operand of {name}: {_change(leaf)}"
    if any(node.kind == "str" for node in nodes):
        return "instruction selection", f"{name}: {_change(leaf)}"
    if any(role.startswith("dim:") for role in _roles(leaf)) or any(n.kind == "op" for n in nodes):
        return "memory access", f"operand of {name}: {_change(leaf)}"
    return "instruction selection", f"{name}: {_change(leaf)}"


def _in_statement(leaf: Leaf, stage: bool) -> tuple[str, str] | None:
    roles = _roles(leaf)
    if "part:target" in roles and "statement:bind" in roles:
        return "allocation / scope", _change(leaf)
    if "part:condition" in roles:
        return "predicate", _change(leaf)
    if "part:domain" in roles or any(role in ("part:bound", "part:step", "part:start") for role in roles):
        return "loop structure", _change(leaf)
    if "part:pragma" in roles:
        return "loop structure", _change(leaf)
    return None


def _in_index(leaf: Leaf, stage: bool) -> tuple[str, str] | None:
    roles = _roles(leaf)
    if any(role.startswith("dim:") for role in roles):
        if stage:
            return "pipeline stage / parity", f"stage: {_change(leaf)}"
        return "memory access", f"index: {_change(leaf)}"
    if "base" in roles:
        return "memory access", f"another buffer: {_change(leaf)}"
    return None


def _fallback(leaf: Leaf) -> tuple[str, str]:
    nodes = [node for node in (leaf.before, leaf.after) if node is not None]
    if any(is_copy(name) for name, _ in _call_steps(leaf)):
        return "memory access", _change(leaf)
    roles = _roles(leaf)
    in_value = any(role.startswith("part:value") for role in roles) or any(role.startswith("op:") for role in roles)
    if any(node.kind == "index" for node in nodes):
        return "memory access", _change(leaf)
    arithmetic = all(node.kind in ("num", "name", "op", "unary", "call", "choice", "attr") for node in nodes)
    if arithmetic and (in_value or any(operation_class(name) == "arithmetic" for name, _ in _call_steps(leaf))):
        return "arithmetic", _change(leaf)
    if any(role.startswith("part:target") for role in roles):
        return "memory access", _change(leaf)
    return "unclassified", _change(leaf)
