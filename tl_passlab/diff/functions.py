"""Pair the functions of two texts, by name and then by content, so that each pair is aligned on its own.

Functions have no order that means anything, and one that was removed must not be mistaken for its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tl_passlab.diff.tree import Tree

# Statements of the before side and of the after side, by index and in order, that are aligned with each other.
Segment = tuple[Sequence[int], Sequence[int]]

_TIR_FUNCTION = re.compile(r"(?:^|\s)def\s+([A-Za-z_]\w*)")
_C_FUNCTION = re.compile(r"([A-Za-z_]\w*)\s*\([^;]*\{$")
# Attributes that look like the function's name and parameters.
_C_ATTRIBUTES = re.compile(
    r"\[\[.*?\]\]|__launch_bounds__\s*\([^)]*\)|__attribute__\s*\(\([^)]*\)\)|__align__\s*\([^)]*\)"
)
# Two functions of different names are one renamed function from this share of common statements on.
COMMON_SHARE = 0.4
MAX_UNNAMED_PAIRS = 2_500


def function_name(language: str, code: str) -> str:
    """The name of the function that a statement opens, "" when it opens none."""
    if language == "tir":
        match = _TIR_FUNCTION.search(code)
    elif language in ("text", "ptx") or code[-1:] != "{" or "(" not in code:
        return ""
    else:
        match = _C_FUNCTION.search(_C_ATTRIBUTES.sub("", code))
    return match.group(1) if match else ""


def functions(tree: Tree) -> dict[str, int]:
    """The functions of a text by name (its first statement); of one name only the first."""
    found: dict[str, int] = {}
    if tree.language in ("text", "ptx"):
        return found
    at = 0
    while at < len(tree):
        name = function_name(tree.language, tree.code[at])
        if name and tree.end[at] > at + 1:
            found.setdefault(name, at)
            at = tree.end[at]
        elif tree.parent[at] < 0 and ("class " in tree.code[at] or tree.code[at].startswith(("extern", "namespace"))):
            at += 1
        else:
            at = tree.end[at]
    return found


def pair_functions(before: Tree, after: Tree) -> list[Segment]:
    """What to align with what: each pair of functions, and first everything that is in no paired function."""
    left, right = functions(before), functions(after)
    pairs = [(left.pop(name), right.pop(name)) for name in list(left) if name in right]
    pairs += _pair_by_content(before, after, left, right)
    segments = [(range(i, before.end[i]), range(j, after.end[j])) for i, j in sorted(pairs)]
    rest = _outside(before, [s[0] for s in segments]), _outside(after, sorted((s[1] for s in segments), key=min))
    return [rest, *segments]


def _pair_by_content(before: Tree, after: Tree, left: dict[str, int], right: dict[str, int]) -> list[tuple[int, int]]:
    if len(left) * len(right) > MAX_UNNAMED_PAIRS:
        return list(zip(left.values(), right.values(), strict=False))
    scored = []
    for i in left.values():
        mine = set(before.alpha[i + 1 : before.end[i]])
        for j in right.values():
            theirs = set(after.alpha[j + 1 : after.end[j]])
            scored.append((-2 * len(mine & theirs) / max(1, len(mine) + len(theirs)), i, j))
    found: dict[int, int] = {}
    for score, i, j in sorted(scored):
        if -score >= COMMON_SHARE and i not in found and j not in found.values():
            found[i] = j
    return list(found.items())


def _outside(tree: Tree, taken: list[range]) -> Sequence[int]:
    if not taken:
        return range(len(tree))
    found: list[int] = []
    at = 0
    for stretch in taken:
        found += range(at, stretch.start)
        at = stretch.stop
    return found + list(range(at, len(tree)))
