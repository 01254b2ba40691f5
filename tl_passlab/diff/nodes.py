"""Compare parsed statements: every place where they differ, and the way there. Names compare by what they refer to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from tl_passlab.diff.syntax import Node

Entities = Mapping[int | None, int | None]
UNORDERED_CALLS = frozenset({"reads", "writes"})
Prove = Callable[[Node, Node, bool], str]


class Step(NamedTuple):
    """One step from a statement towards a difference: the part taken, and the nodes it is part of."""

    role: str
    before: Node
    after: Node


class Leaf(NamedTuple):
    """The smallest subtrees that differ (None where one side has nothing), and `proof` if they are equal in value."""

    path: tuple[Step, ...]
    before: Node | None
    after: Node | None
    proof: str = ""


def unparse(node: Node | None) -> str:
    """The node as text, brackets as needed to read it."""
    if node is None or node.kind == "none":
        return ""
    kids = [unparse(kid) for kid in node.kids]
    simple = {
        "op": lambda: f" {node.text} ".join(
            f"({text})" if kid.kind in ("op", "choice") else text for kid, text in zip(node.kids, kids, strict=True)
        ),
        "unary": lambda: f"{node.text} {kids[0]}" if node.text == "not" else f"{node.text}{kids[0]}",
        "call": lambda: f"{kids[0]}({', '.join(kids[1:])})",
        "index": lambda: f"{kids[0]}[{', '.join(kids[1:])}]",
        "attr": lambda: f"{kids[0]}{node.text}",
        "keyword": lambda: f"{node.text}={kids[0]}",
        "slice": lambda: ":".join(kids),
        "tuple": lambda: f"({', '.join(kids)}{',' if len(kids) == 1 else ''})",
        "list": lambda: f"[{', '.join(kids)}]",
        "dict": lambda: f"{{{', '.join(kids)}}}",
        "entry": lambda: ": ".join(kids),
        "cast": lambda: f"({node.text}){kids[0]}",
        "choice": lambda: f"{kids[1]} if {kids[0]} else {kids[2]}",
        "instance": lambda: f"{kids[0]}<{', '.join(kids[1:])}>",
        "part": lambda: kids[0],
        "statement": lambda: " ".join([node.text, *kids]),
    }
    return simple[node.kind]() if node.kind in simple else node.text


def same(before: Node, after: Node, entities: Entities) -> bool:
    """Whether two subtrees are equal under the correspondence of definitions."""
    if before.kind != after.kind or len(before.kids) != len(after.kids):
        return False
    if before.ent is not None or after.ent is not None:
        if before.ent is None or after.ent is None or entities.get(before.ent, -1) != after.ent:
            return False
    elif before.text != after.text:
        return False
    return all(same(x, y, entities) for x, y in zip(before.kids, after.kids, strict=True))


class Comparison:
    """Walks two statements side by side and collects the leaves where they differ."""

    def __init__(self, entities: Entities, prove: Prove, aliases: Collection[tuple[str, str]] = ()) -> None:
        self.entities = entities
        self.prove = prove
        # Renamed buffers, (old, new): attributes name buffers by string keys.
        self.aliases = aliases
        self.leaves: list[Leaf] = []

    def compare(self, before: Node, after: Node, path: tuple[Step, ...] = ()) -> None:
        if same(before, after, self.entities) or (
            before.kind == after.kind == "call" and self._same_set(before, after)
        ):
            return
        slot = path[-1].role if path else ""
        if slot.startswith(("dim:", "arg:", "part:", "kw:", "key:")) and before.kind != "slice":
            proof = self.prove(before, after, slot.startswith("dim:"))
            if proof:
                self.leaves.append(Leaf(path, before, after, proof))
                return
        roles = _roles(before, after)
        if before.kind == after.kind == "tuple" and len(before.kids) != len(after.kids):
            roles = []
        if before.kind != after.kind or (before.text != after.text and before.kind != "part") or not roles:
            self.leaves.append(Leaf(path, before, after))
            return
        if before.kind == "dict":
            self._entries(before, after, path)
        elif before.kind == "statement" and len(before.kids) != len(after.kids):
            self._parts(before, after, path)
        elif len(before.kids) == len(after.kids):
            for role, left, right in zip(roles, before.kids, after.kids, strict=True):
                self.compare(left, right, (*path, Step(role, before, after)))
        else:
            self._unequal_lengths(before, after, path, roles)

    def _unequal_lengths(self, before: Node, after: Node, path: tuple[Step, ...], roles: list[str]) -> None:
        """Argument lists of different lengths: strip what is equal at both ends, the rest was added or removed."""
        left, right = list(before.kids), list(after.kids)
        low = 0
        while low < min(len(left), len(right)) and same(left[low], right[low], self.entities):
            low += 1
        high = 0
        while high < min(len(left), len(right)) - low and same(left[-1 - high], right[-1 - high], self.entities):
            high += 1
        removed, added = left[low : len(left) - high], right[low : len(right) - high]
        for k in range(max(len(removed), len(added))):
            role = roles[low + k] if low + k < len(roles) else roles[-1]
            step = (*path, Step(role, before, after))
            if k < len(removed) and k < len(added):
                self.compare(removed[k], added[k], step)
            else:
                self.leaves.append(
                    Leaf(step, removed[k] if k < len(removed) else None, added[k] if k < len(added) else None)
                )

    def _parts(self, before: Node, after: Node, path: tuple[Step, ...]) -> None:
        """Statements of which one has a part more (a declared type): compare the parts of one name."""
        waiting = list(after.kids)
        for part in before.kids:
            step = (*path, Step(f"statement:{before.text}", before, after))
            partner = next((other for other in waiting if other.text == part.text), None)
            if partner is None:
                self.leaves.append(Leaf((*step, Step(f"part:{part.text}", part, part)), part.kids[0], None))
                continue
            waiting.remove(partner)
            self.compare(part, partner, step)
        for part in waiting:
            self.leaves.append(Leaf((*path, Step(f"part:{part.text}", part, part)), None, part.kids[0]))

    def _entries(self, before: Node, after: Node, path: tuple[Step, ...]) -> None:
        """Dictionaries entry by entry: their order has no meaning."""
        waiting = list(after.kids)
        for entry in before.kids:
            partner = next((other for other in waiting if self._same_key(entry, other)), None)
            step = Step(f"key:{unparse(entry.kids[0]) if entry.kids else unparse(entry)}", before, after)
            if partner is None:
                self.leaves.append(Leaf((*path, step), entry, None))
                continue
            waiting.remove(partner)
            if entry.kind == "entry" and partner.kind == "entry":
                self.compare(entry.kids[1], partner.kids[1], (*path, step))
        for entry in waiting:
            key = unparse(entry.kids[0]) if entry.kids else unparse(entry)
            self.leaves.append(Leaf((*path, Step(f"key:{key}", before, after)), None, entry))

    def _same_key(self, left: Node, right: Node) -> bool:
        first = left.kids[0] if left.kind == "entry" else left
        second = right.kids[0] if right.kind == "entry" else right
        if left.kind == right.kind and first.kind == second.kind == "str":
            return first.text == second.text or (first.text.strip("\"'"), second.text.strip("\"'")) in self.aliases
        return left.kind == right.kind and same(first, second, self.entities)

    def _same_set(self, before: Node, after: Node) -> bool:
        """Whether two calls whose arguments have no order have the same arguments."""
        if callee(before) not in UNORDERED_CALLS or callee(after) != callee(before):
            return False
        waiting = list(after.kids[1:])
        for kid in before.kids[1:]:
            partner = next((other for other in waiting if same(kid, other, self.entities)), None)
            if partner is None:
                return False
            waiting.remove(partner)
        return not waiting


def _roles(before: Node, after: Node) -> list[str]:
    """What each child is to its parent."""
    longest = before if len(before.kids) >= len(after.kids) else after
    count = len(longest.kids)
    if before.kind == "call":
        names = [f"kw:{kid.text}" if kid.kind == "keyword" else f"arg:{k}" for k, kid in enumerate(longest.kids[1:])]
        return ["callee", *names]
    if before.kind == "index":
        return ["base", *(f"dim:{k}" for k in range(count - 1))]
    if before.kind == "part":
        return [f"part:{before.text}"]
    if before.kind == "keyword":
        return [f"kw:{before.text}"]
    if before.kind == "statement":
        return [f"statement:{before.text}"] * count
    if before.kind == "op":
        return [f"op:{before.text}"] * count
    if before.kind == "instance":
        return ["callee", *(f"template:{k}" for k in range(count - 1))]
    if before.kind == "slice":
        return ["dim:low", "dim:high", "dim:step"][:count]
    if before.kind == "unary" and before.text in ("*", "&"):
        return ["dim:address"]
    if before.kind == "choice":
        return ["part:condition", "chosen", "otherwise"]
    return [before.kind] * count


def callee(node: Node) -> str:
    """The name of what a call calls, without namespaces: `gemm` for `T.gemm(...)` and `tl::gemm<...>(...)`."""
    if node.kind in ("call", "instance"):
        return callee(node.kids[0])
    return node.text.lstrip(".:->") if node.kind in ("name", "attr") else ""
