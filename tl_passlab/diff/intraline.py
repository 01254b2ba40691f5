"""Which parts of a changed line differ: token spans for highlighting, never a claim about meaning."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
MAX_TOKENS = 600

# A stretch of a line, and whether it differs from the other side.
Span = tuple[str, bool]


def spans(before: str, after: str) -> tuple[list[Span], list[Span]]:
    """Both lines cut into equal and differing stretches; lines with nothing in common are one plain stretch."""
    left, right = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(left) > MAX_TOKENS or len(right) > MAX_TOKENS or before == after:
        return [(before, before != after)], [(after, before != after)]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < 0.3:
        return [(before, False)], [(after, False)]
    old: list[Span] = []
    new: list[Span] = []
    for tag, alo, ahi, blo, bhi in matcher.get_opcodes():
        if ahi > alo:
            old.append(("".join(left[alo:ahi]), tag != "equal"))
        if bhi > blo:
            new.append(("".join(right[blo:bhi]), tag != "equal"))
    return old, new
