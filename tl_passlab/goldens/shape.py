"""The shape of a change: its classes, and the same edit up to names and constants.

Two goldens whose changes have one shape are one change seen twice; a review shows one of them. A shape is a sorted
tuple of parts, one for each kind of edit in the change however often it occurs: a kernel with more statements has no
other shape.

    `k % 3` -> `k % 2`  in a wait        `pipeline stage / parity: T.mbarrier_wait_parity % [# -> #]`
    a `T.ptx_arrive_barrier(...)` gone   `synchronisation: [T.ptx_arrive_barrier ( E ) -> ]`
"""

from __future__ import annotations

import difflib
import keyword
import re

from tl_passlab.diff import Diff, Hunk

Shape = tuple[str, ...]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\d[\w.]*|[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)*|//|<<|>>|[=!<>]=|->|&&|\|\||\S')
_KEPT_PREFIX = ("T.", "tl.", "tl::", "tirx.", "tir.", "metal::", "cute::")
_C_WORDS = frozenset({"if", "else", "for", "while", "return", "break", "continue", "extern", "void"})
_OPERATOR = r"(?:\+|-|\*|//|/|%|&|\||\^|<<|>>)"
# Longer runs are told apart by the operations in them: the statements around those vary with the kernel.
_LONG_RUN = 24
_MAX_TOKENS = 3000


def shape_of(diff: Diff) -> Shape:
    """The shape of a structural diff: of its semantic hunks, or of the cosmetic ones where there are no others."""
    hunks = diff.semantic or diff.hunks
    return tuple(sorted({part for hunk in hunks for part in hunk_parts(hunk)}))


def hunk_parts(hunk: Hunk) -> set[str]:
    """The parts of one hunk: one for each distinct edit in it."""
    kinds = "+".join(hunk.kinds)
    if len(hunk.before) == len(hunk.after):
        pairs = [([a], [b]) for a, b in zip(hunk.before, hunk.after, strict=True) if a.strip() != b.strip()]
    else:
        pairs = [(list(hunk.before), list(hunk.after))]
    return {f"{kinds}: {edit}" for before, after in pairs for edit in _edits(before, after)} or {f"{kinds}: moved"}


def lines_shape(before: str, after: str) -> Shape:
    """The shape of a change in a text of plain lines (an error message): the lines, without their numbers."""
    old, new = before.splitlines(), after.splitlines()
    signed = [f"- {x}" for x in old if x not in new] + [f"+ {x}" for x in new if x not in old]
    return tuple(sorted({re.sub(r"\d+", "#", line) for line in signed}))


def _edits(before: list[str], after: list[str]) -> set[str]:
    old, new = (_TOKEN.findall("\n".join(lines)) for lines in (before, after))
    head = _statement(old) or _statement(new)
    if not old or not new or len(old) + len(new) > _MAX_TOKENS:
        return {f"[{_run(_normalised(old))} -> {_run(_normalised(new))}]"}
    old_words, new_words = _normalised(old), _normalised(new)
    found = set()
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            where = old_words[i1 - 1] if i1 else ""
            found.add(f"{head} {where} [{_run(old_words[i1:i2])} -> {_run(new_words[j1:j2])}]")
    return found


def _statement(tokens: list[str]) -> str:
    """What the statement is, by its first operation or keyword."""
    return next((t for t in tokens if t.startswith(_KEPT_PREFIX) or _is_word(t)), "")


def _is_word(token: str) -> bool:
    return keyword.iskeyword(token) or token in _C_WORDS


def _normalised(tokens: list[str]) -> list[str]:
    """Numbers as `#`, names as `_`; operations, keywords, keyword arguments, strings and punctuation as they are."""
    words = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token[0].isdigit():
            words.append("#")
        elif token[0].isalpha() or token[0] == "_":
            operation = token.startswith(_KEPT_PREFIX) or following == "(" or _is_word(token)
            words.append(token if operation or (following == "=" and _is_argument(tokens, index)) else "_")
        else:
            words.append(token)
    return words


def _is_argument(tokens: list[str], index: int) -> bool:
    """Whether the name before an `=` is a keyword argument, rather than the target of a statement."""
    return index > 0 and tokens[index - 1] in ("(", ",")


def _run(words: list[str]) -> str:
    """One side of an edit. Inside statements every expression of names and constants is `E`."""
    operations = [w for w in words if w.startswith(_KEPT_PREFIX) or _is_word(w) or w[0].isalpha()]
    if not operations:
        return " ".join(words) if len(words) <= _LONG_RUN else "..."
    text = _collapsed(" ".join("E" if w in ("_", "#") else w for w in words))
    if text.count(" ") < _LONG_RUN:
        return text
    return "{" + ", ".join(sorted(set(operations))) + "}"


def _collapsed(text: str) -> str:
    rules = (
        (rf"\bE {_OPERATOR} E\b", "E"),
        (r"\bE \[ E \]", "E"),
        (r"\bE(?: [,:] E)+\b", "E"),
        (r"(?<![\w>] )\( E \)", "E"),
        (r"(?<=[(\[,] )- E\b", "E"),
    )
    while True:
        shorter = text
        for pattern, replacement in rules:
            shorter = re.sub(pattern, replacement, shorter)
        if shorter == text:
            return text
        text = shorter
