"""What the checks of several passes need from an IR text: count a call, take lines out, compare the rest."""

from __future__ import annotations

import re
from collections import Counter


def calls(text: str, name: str) -> list[str]:
    """The arguments of every statement that is a call of `T.<name>`, in order, as one string each."""
    return re.findall(rf"(?m)^ *T\.{name}\((.*)\)$", text)


def call_count(text: str, name: str) -> int:
    """How often `T.<name>` is called."""
    return len(re.findall(rf"\bT\.{name}\(", text))


def plain_name(text: str) -> str:
    """The text without the ordinals that the printer gives to names it has used before."""
    return re.sub(r"(?<=[A-Za-z])_\d+\b", "", text)


def unchanged_but_for(before: str, after: str, pattern: str) -> list[str]:
    """Violations of: without the lines that match, the two texts are one."""
    old = [line.strip() for line in before.splitlines() if not re.search(pattern, line)]
    new = [line.strip() for line in after.splitlines() if not re.search(pattern, line)]
    if len(old) != len(new):
        return [f"{len(new) - len(old):+d} other lines"]
    return [f"{a} became {b}" for a, b in zip(old, new, strict=True) if a != b][:3]


def counts_differ(before: Counter[str], after: Counter[str], what: str) -> list[str]:
    """One line for each key that does not occur as often in one as in the other."""
    keys = sorted(set(before) | set(after))
    return [f"{what} {key}: {before[key]} before, {after[key]} after" for key in keys if before[key] != after[key]]


def function_attribute(text: str, name: str) -> str:
    """The value of an attribute of the (last) function as printed, up to the next attribute; empty without it."""
    found = re.findall(rf'"{re.escape(name)}": (.*?)(?:, "[\w.]+": |\}}\))', text)
    return found[-1] if found else ""
