"""C-like source (CUDA, HIP, MSL, C) as logical lines: comments dropped, wrapped statements joined, braces as nesting.

A `#pragma` is part of the statement it applies to; a line that only closes a brace is no statement.
"""

from __future__ import annotations

import re

from tl_passlab.diff.tree import Statement

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')", re.S)
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_ENDS = (";", "{", "}", ":")
_MAX_JOIN = 2_000


def without_comments(text: str) -> str:
    """The text with comments blanked; line breaks stay, so line numbers do."""
    if "//" not in text and "/*" not in text:
        return text

    def blank(match: re.Match[str]) -> str:
        return match.group(1) or "\n" * match.group().count("\n") or " "

    return _COMMENT.sub(blank, text)


def statements(source: list[str]) -> tuple[list[Statement], str]:
    """The logical lines of a source, and what is wrong with its braces ("" when nothing is)."""
    lines = without_comments("\n".join(source)).split("\n")
    found: list[Statement] = []
    depth, at, trouble = 0, 0, ""
    pending: tuple[int, str] | None = None
    while at < len(lines):
        first, code = at, lines[at].strip()
        at += 1
        if not code:
            continue
        if code[0] != "#" or code.endswith("\\"):
            code, at = _joined(code, lines, at)
        elif code.startswith("#pragma"):
            pending = (pending[0], f"{pending[1]} {code}") if pending else (first, code)
            continue
        if pending:
            first, code = pending[0], f"{pending[1]} {code}"
            pending = None
        opened, closed, leading = _braces(code)
        depth -= leading
        if depth < 0:
            depth, trouble = 0, "a brace is closed that was not opened"
        if code.strip("}; "):
            found.append(Statement(first + 1, at, depth, code.lstrip("} ")))
        depth = max(0, depth + opened - (closed - leading))
    if pending:
        found.append(Statement(pending[0] + 1, pending[0] + 1, depth, pending[1]))
    return found, trouble or ("a brace is not closed" if depth else "")


def _braces(code: str) -> tuple[int, int, int]:
    """Opening braces, closing braces, and how many of the closing ones lead the line."""
    if "{" not in code and "}" not in code:
        return 0, 0, 0
    bare = _STRING.sub("", code)
    leading = len(bare) - len(bare.lstrip("} "))
    return bare.count("{"), bare.count("}"), bare[:leading].count("}")


def _joined(code: str, lines: list[str], at: int) -> tuple[str, int]:
    """A statement up to its `;`, `{` or `}`; a preprocessor line up to its last continuation."""
    limit = min(len(lines), at + _MAX_JOIN)
    if code[0] == "#":
        pieces = [code]
        while pieces[-1].endswith("\\") and at < limit:
            pieces.append(lines[at].strip())
            at += 1
        return " ".join(piece.rstrip("\\") for piece in pieces), at
    if code.endswith(_ENDS) and (code[-1] in "}:" or _open_parentheses(code) <= 0):
        return code, at
    pieces = [code]
    start, depth = at, _open_parentheses(code)
    while at < limit and (depth > 0 or not pieces[-1].endswith(_ENDS)):
        line = lines[at].strip()
        if line[:1] == "#":
            break
        if line:
            pieces.append(line)
            depth += _open_parentheses(line)
        at += 1
    if at >= limit and depth > 0:
        return code, start
    return " ".join(pieces), at


def _open_parentheses(code: str) -> int:
    if "(" not in code and ")" not in code:
        return 0
    bare = _STRING.sub("", code) if '"' in code or "'" in code else code
    return bare.count("(") - bare.count(")")
