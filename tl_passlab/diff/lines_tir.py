"""TVMScript text as logical lines: comments dropped, wrapped lines joined, dictionaries in one order.

Example: `T.func_attr({"b": 1, "a": 2})  # note` reads as `T.func_attr({"a": 2, "b": 1})`.
"""

from __future__ import annotations

import re

from tl_passlab.diff.tree import Statement

_BEFORE_COMMENT = re.compile(r"(?:[^\"'#]|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')*")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_PUNCTUATION = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[{}\[\](),:]")
_CONTINUES = ("(", "[", "{", ",", "\\")
_MAX_JOIN = 5_000


def statements(source: list[str]) -> tuple[list[Statement], str]:
    """The logical lines of a dump, and what is wrong with its shape ("" when nothing is)."""
    found: list[Statement] = []
    trouble = ""
    at, count = 0, len(source)
    decorators: list[tuple[int, str]] = []
    while at < count:
        first = at
        text = source[at]
        code = text.strip()
        at += 1
        if not code or code[0] == "#":
            continue
        level = len(text) - len(text.lstrip())
        if "#" in code:
            code = without_comment(code)
        if code.endswith(_CONTINUES) or '"""' in code:
            code, at, problem = _joined(code, source, at)
            trouble = trouble or problem
            if not code.strip():
                trouble = trouble or "a line is continued by nothing"
                continue
        if code[0] == "@":
            decorators.append((first, code))
            continue
        if decorators:
            # A decorator has no meaning without what it decorates: one statement.
            first = decorators[0][0]
            code = " ".join([text for _, text in decorators] + [code])
            decorators = []
        if "{" in code:
            code = sorted_dictionaries(code)
        found.append(Statement(first + 1, at, level, code))
    found += [Statement(first + 1, first + 1, 0, code) for first, code in decorators]
    return found, trouble


def without_comment(code: str) -> str:
    """The code before a `#` that is not inside a string."""
    if code.count('"') % 2 or "'" in code:
        match = _BEFORE_COMMENT.match(code)
        return code[: match.end()].rstrip() if match and code[match.end() :][:1] == "#" else code
    bare = _STRING.sub(lambda m: "\0" * len(m.group()), code)
    position = bare.find("#")
    return code if position < 0 else code[:position].rstrip()


def _depth(code: str) -> int:
    bare = _STRING.sub("", code)
    opened = bare.count("(") + bare.count("[") + bare.count("{")
    return opened - bare.count(")") - bare.count("]") - bare.count("}")


def _joined(code: str, source: list[str], at: int) -> tuple[str, int, str]:
    """A statement that goes on over the next lines, up to the closing bracket or the closing triple quote."""
    pieces = [code.rstrip("\\")]
    limit = min(len(source), at + _MAX_JOIN)
    if '"""' in code:
        quotes = code.count('"""')
        while quotes % 2 and at < limit:
            pieces.append(source[at])
            quotes += source[at].count('"""')
            at += 1
        return "\n".join(pieces), at, "" if quotes % 2 == 0 else "a triple-quoted string is not closed"
    depth = _depth(code)
    if depth <= 0 and not code.endswith("\\"):
        return code, at, ""
    start = at
    while at < limit and (depth > 0 or pieces[-1].endswith("\\")):
        line = without_comment(source[at].strip()) if "#" in source[at] else source[at].strip()
        pieces.append(line)
        depth += _depth(line)
        at += 1
    if depth > 0:
        return code, start, "a bracket is not closed"
    return " ".join(piece.rstrip("\\") for piece in pieces), at, ""


def sorted_dictionaries(code: str) -> str:
    """The code with the entries of every dictionary sorted: their order has no meaning."""
    # One frame per open bracket: where its text starts, and where its top-level commas and colons are.
    out: list[str] = []
    frames: list[tuple[str, list[str], bool]] = []
    last = 0
    entries: list[str] = [""]
    keyed = False
    for match in _PUNCTUATION.finditer(code):
        token = match.group()
        entries[-1] += code[last : match.start()]
        last = match.end()
        if token in "{[(":
            frames.append((token, entries, keyed))
            entries, keyed = [""], False
        elif token in "}])":
            if not frames:
                return code
            opener, outer, outer_keyed = frames.pop()
            entries = [entry.strip() for entry in entries]
            if opener == "{" and keyed:
                entries.sort()
            outer[-1] += opener + ", ".join(entries) + token
            entries, keyed = outer, outer_keyed
        elif token == "," and frames:
            entries.append("")
        else:
            keyed = keyed or token == ":"
            entries[-1] += token
    if frames:
        return code
    out.append(entries[-1] + code[last:])
    return "".join(out)
