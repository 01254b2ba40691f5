"""Which classes the user means: full names, beginnings of words (`sync`, `layout`), `cosmetic` and `semantic`."""

from __future__ import annotations

import dataclasses
import re

from tl_passlab.diff.result import CLASSES, COSMETIC, SEMANTIC, Diff
from tl_passlab.errors import UsageError


def classes_named(text: str) -> frozenset[str]:
    """The classes of a comma-separated list."""
    found: set[str] = set()
    for word in filter(None, (part.strip().lower() for part in text.split(","))):
        if word in ("cosmetic", "semantic"):
            found.update(COSMETIC if word == "cosmetic" else SEMANTIC)
            continue
        matching = [kind for kind in CLASSES if any(w.startswith(word) for w in [kind, *re.findall(r"\w+", kind)])]
        if not matching:
            raise UsageError("diff", word, f"no such class; there are {', '.join(CLASSES)}")
        found.update(matching)
    return frozenset(found)


def without(diff: Diff, ignored: frozenset[str]) -> Diff:
    """The diff as if differences of these classes did not exist; a hunk that is also another class stays."""
    kept = tuple(h for h in diff.hunks if not set(h.kinds) <= ignored)
    return dataclasses.replace(diff, hunks=kept)
