"""How alike two statements are: what decides which removed statement became which added one."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_TOKEN = re.compile(r"\w+|[^\w\s]")
_OPERATION = re.compile(r"(?:T\.|tl::|::|^|[\s=(;])([A-Za-z_]\w*)\s*(?:<[^()]*>)?\(")
_FORM = re.compile(r"(?:@\S+\s+|#pragma[^;{]*?\s(?=for\b))*(for|if|elif|else|while|with|def|class|assert|return)\b")
_DIGITS = re.compile(r"\d+")

# Below this a removed and an added statement are two statements, not one that changed.
THRESHOLD = 0.5
SAME_OPERATION_BONUS = 0.25
SHARED_CHILDREN_BONUS = 0.6
# One of these per block: however much its contents changed, it is the same statement.
BOOKKEEPING = frozenset({"func_attr", "sblock_attr", "block_attr", "reads", "writes"})


@lru_cache(maxsize=100_000)
def form(code: str) -> str:
    """The kind of statement: its keyword, `store`, `call` or `bind`."""
    match = _FORM.match(code)
    if match:
        return match.group(1)
    head = code.split("(", 1)[0]
    if "=" not in code:
        return "call"
    return "store" if "[" in head.split("=", 1)[0] else "bind" if "=" in head else "call"


@lru_cache(maxsize=100_000)
def operation(code: str) -> str:
    """The first function the statement calls, "" when it calls none."""
    match = _OPERATION.search(code)
    return match.group(1) if match else ""


@lru_cache(maxsize=20_000)
def _bag(code: str) -> Counter[str]:
    return Counter(_TOKEN.findall(code[:4_000]))


def likeness(before: str, after: str) -> float:
    """0 for two unrelated statements, 1 and more for statements that differ in little."""
    first, second = form(before), form(after)
    if first != second and {first, second} != {"if", "elif"}:
        return 0.0
    if operation(before) == operation(after) and operation(before) in BOOKKEEPING:
        return 1.0
    left, right = _bag(before), _bag(after)
    shared = sum((left & right).values())
    score = 2 * shared / (sum(left.values()) + sum(right.values()))
    if operation(before) == operation(after) and (first == "call" or operation(before)):
        score += SAME_OPERATION_BONUS
    elif first == "call":
        score -= SAME_OPERATION_BONUS
    return score


def shape(code: str) -> str:
    """The statement with numbers blanked: what stays when only constants changed."""
    return _DIGITS.sub("0", code)
