"""Finds the calls in a line of IR or of generated source, with their arguments, without parsing the language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"([A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)*)"
_TEMPLATE = r"(?:<([^<>()]*(?:<[^<>()]*>[^<>()]*)*)>)?"
# A name after a bracket and a dot is a method: `mbarrier[0].wait(`.
_CALL = re.compile(rf"(?:(?<![\w.:])|(?<=[\])]\.)){_NAME}{_TEMPLATE}\(")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_KEYWORD = re.compile(r"([A-Za-z_][\w.]*)=(?!=)(.*)", re.DOTALL)
_OPEN, _CLOSE = "([{", ")]}"
_WORDS = frozenset({"if", "for", "while", "return", "and", "or", "not", "in", "elif", "with", "sizeof"})


@dataclass(frozen=True)
class Call:
    """One call: the name as written, template arguments, arguments as text, keyword arguments, column."""

    name: str
    template: str
    args: tuple[str, ...]
    kwargs: tuple[tuple[str, str], ...]
    column: int


def calls_in(line: str) -> Iterator[Call]:
    """The calls of a line, outer before inner, left to right."""
    blind = _STRING.sub(lambda m: '"' + "_" * (len(m[0]) - 2) + '"', line)
    for match in _CALL.finditer(blind):
        if match[1] in _WORDS:
            continue
        inside = line[match.end() : closing(blind, match.end() - 1)]
        args, kwargs = [], []
        for part in split_arguments(inside):
            keyword = _KEYWORD.fullmatch(part)
            if keyword is not None:
                kwargs.append((keyword[1], keyword[2].strip()))
            else:
                args.append(part)
        yield Call(match[1], match[2] or "", tuple(args), tuple(kwargs), match.start())


def closing(text: str, start: int) -> int:
    """The index of the bracket that closes the one at `start`; the end of the text when nothing does."""
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] in _OPEN) - (text[index] in _CLOSE)
        if depth == 0:
            return index
    return len(text)


def split_arguments(text: str) -> list[str]:
    """An argument list at its commas, those inside brackets and strings left alone."""
    blind = _STRING.sub(lambda m: "_" * len(m[0]), text)
    parts, depth, start = [], 0, 0
    for index, char in enumerate(blind):
        depth += (char in _OPEN) - (char in _CLOSE)
        if char == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [part for part in (*parts, text[start:].strip()) if part]
