"""Compare one matched pair of statements: nothing, a cosmetic difference, or a hunk's class and reason."""

from __future__ import annotations

import re
from typing import NamedTuple

from tl_passlab.diff.classify import classify_leaf
from tl_passlab.diff.classify_statement import statement_class
from tl_passlab.diff.match import Matching
from tl_passlab.diff.names import split_names
from tl_passlab.diff.nodes import Comparison, Prove
from tl_passlab.diff.result import by_danger, worst
from tl_passlab.diff.stages import role_in, stage_differs
from tl_passlab.diff.statement import parse_statement
from tl_passlab.diff.syntax import NotParsed, tokens
from tl_passlab.diff.tree import Tree
from tl_passlab.diff.vocabulary import is_dtype

MAX_REASONS = 3
_SPACES = re.compile(r"\s+")


class Verdict(NamedTuple):
    """What a pair of matched statements is: class, reason and further classes."""

    kind: str
    reason: str
    also: tuple[str, ...] = ()


def names_agree(matching: Matching, i: int, j: int) -> bool:
    """Whether every name of statement i refers to what corresponds to the same name of statement j."""
    entities = matching.entities
    return tuple(entities.get(e, -1) for e in matching.before.ents[i]) == matching.after.ents[j]


def compare_statements(matching: Matching, i: int, j: int, prove: Prove | None) -> Verdict | None:
    """The difference between two matched statements, None when there is none but a rename.

    Without `prove` differing statements are not parsed: their tokens say enough of a class, and nothing is cosmetic.
    """
    before, after = matching.before, matching.after
    if before.alpha[i] == after.alpha[j] and names_agree(matching, i, j):
        return _spelling(matching, i, j)
    if before.exact[i] == after.exact[j] and names_agree(matching, i, j):
        return _spelling(matching, i, j)
    try:
        return _parsed(matching, i, j, prove) if prove else _by_tokens(matching, i, j)
    except NotParsed:
        return _by_tokens(matching, i, j)


def _parsed(matching: Matching, i: int, j: int, prove: Prove) -> Verdict | None:
    left, right = parse_statement(matching.before, i), parse_statement(matching.after, j)
    comparison = Comparison(matching.entities, prove, matching.aliases())
    comparison.compare(left, right)
    if not comparison.leaves:
        return _written_differently(matching, i, j)
    roles = role_in(matching.before), role_in(matching.after)
    found = [classify_leaf(leaf, stage_differs(leaf, *roles)) for leaf in comparison.leaves]
    kinds = {kind for kind, _ in found}
    if _swapped(comparison):
        found = [(kind, f"operands swapped: {reason}") for kind, reason in found]
    kind = worst(kinds)
    reasons = list(dict.fromkeys(reason for k, reason in found if k == kind))
    text = "; ".join(reasons[:MAX_REASONS]) + (
        f"; and {len(reasons) - MAX_REASONS} more" if reasons[MAX_REASONS:] else ""
    )
    return Verdict(kind, text, by_danger(kinds - {kind}))


def _written_differently(matching: Matching, i: int, j: int) -> Verdict | None:
    """Two statements that parse to the same: dictionary entries reordered, brackets that bind as before, ..."""
    if _only_renames(matching, _text(matching.before.lines(i)), _text(matching.after.lines(j))):
        return None
    words = [sorted(_token_texts(tree, k, True)) for tree, k in ((matching.before, i), (matching.after, j))]
    names = [tuple(sorted(map(repr, tree.ents[k]))) for tree, k in ((matching.before, i), (matching.after, j))]
    if words[0] == words[1] and len(names[0]) == len(names[1]):
        return Verdict("reordered (independent)", "entries without an order, in another order")
    return Verdict("formatting", "same expression, written differently")


def _swapped(comparison: Comparison) -> bool:
    leaves = comparison.leaves
    if len(leaves) != 2 or any(leaf.before is None or leaf.after is None for leaf in leaves):
        return False
    first, second = leaves
    entities = comparison.entities
    return (
        first.before.ent is not None  # type: ignore[union-attr]
        and entities.get(first.before.ent) == second.after.ent  # type: ignore[union-attr]
        and entities.get(second.before.ent) == first.after.ent  # type: ignore[union-attr]
    )


def _spelling(matching: Matching, i: int, j: int) -> Verdict | None:
    """Two statements of one meaning: how their text differs beyond names."""
    before, after = matching.before, matching.after
    if before.language == "text":
        same = before.code[i] == after.code[j]
        return None if same else Verdict("unclassified", "spacing that may have a meaning")
    old, new = _text(before.lines(i)), _text(after.lines(j))
    if old == new:
        return None
    same_bones = before.bones[i] == after.bones[j]
    if same_bones and old == before.code[i] and new == after.code[j]:
        return None
    if not same_bones and _token_texts(before, i) != _token_texts(after, j):
        return Verdict("unclassified", "spacing that may have a meaning")
    if _only_renames(matching, old, new):
        return None
    if before.language == "tir" and "{" in old and _letters(old) == _letters(new) and _loose(old) != _loose(new):
        return Verdict("reordered (independent)", "entries of a dictionary in another order")
    return Verdict("formatting", "spacing, comments or line breaks")


def _only_renames(matching: Matching, old: str, new: str) -> bool:
    """Whether two texts differ in nothing but names that correspond."""
    left, right = split_names(matching.before.language, old), split_names(matching.after.language, new)
    if left[0::2] != right[0::2]:
        return False
    aliases = matching.aliases()
    pairs = [(a.strip("\"'"), b.strip("\"'")) for a, b in zip(left[1::2], right[1::2], strict=True) if a != b]
    return all(pair in aliases for pair in pairs)


def _token_texts(tree: Tree, index: int, strings: bool = False) -> list[str]:
    """The tokens of a statement, names blanked; the words between spaces where they cannot be told apart."""
    blank = ("name",) if strings else ("name", "str")
    try:
        return ["" if token.kind in blank else token.text for token in tokens(tree.code[index])]
    except NotParsed:
        return tree.code[index].split()


def _letters(text: str) -> list[str]:
    return sorted(_SPACES.sub("", text))


def _loose(text: str) -> str:
    return _SPACES.sub("", text)


def _text(lines: tuple[str, ...]) -> str:
    return lines[0].strip() if len(lines) == 1 else "\n".join(line.strip() for line in lines)


def _by_tokens(matching: Matching, i: int, j: int) -> Verdict:
    """Statements that are not understood: which tokens differ, and what the statement does."""
    before, after = matching.before, matching.after
    left, right = split_names(before.language, before.code[i]), split_names(after.language, after.code[j])
    changed: list[tuple[str, str]] = []
    for k, (old, new) in enumerate(zip(left, right, strict=False)):
        if k % 2 and k // 2 < len(before.ents[i]) and k // 2 < len(after.ents[j]):
            ours, theirs = before.ents[i][k // 2], after.ents[j][k // 2]
            if ours is not None and matching.entities.get(ours, -1) == theirs:
                continue
            if ours is None and theirs is None and old == new:
                continue
            changed.append((old, new))
        elif old.strip() != new.strip():
            changed.append((old.strip(), new.strip()))
    if len(left) != len(right):
        changed = changed or [("", "")]
    if before.code[i][:1] == "@" and before.code[i].rpartition("@")[2].partition("def ")[2]:
        return _decorated(before.code[i], after.code[j], changed)
    reason = "; ".join(f"{old} -> {new}" for old, new in changed[:MAX_REASONS]) or "changed"
    kind = statement_class(before, i)
    if len(left) == len(right) and all(is_dtype(o) and is_dtype(n) for o, n in changed):
        kind = "type / cast"
    elif "__launch_bounds__" in before.code[i] or "max_total_threads" in before.code[i]:
        kind = _signature_class(before.code[i], after.code[j])
    return Verdict(kind, reason[:240])


def _decorated(before: str, after: str, changed: list[tuple[str, str]]) -> Verdict:
    """A TIR function: its decorator, or its signature."""
    old, new = before.partition("def ")[0].strip(), after.partition("def ")[0].strip()
    if old != new and before.partition("def ")[2] == after.partition("def ")[2]:
        return Verdict("attribute", f"decorator: {old} -> {new}")
    same_length = all(is_dtype(o.lstrip(".")) and is_dtype(n.lstrip(".")) for o, n in changed)
    return Verdict("type / cast" if same_length and changed else "unclassified", "the signature differs")


_BOUNDS = re.compile(r"__launch_bounds__\([^)]*\)|max_total_threads_per_threadgroup\(\d+\)")


def _signature_class(before: str, after: str) -> str:
    """A kernel's signature: its launch bounds if nothing else differs."""
    return "launch configuration" if _BOUNDS.sub("", before) == _BOUNDS.sub("", after) else "unclassified"
