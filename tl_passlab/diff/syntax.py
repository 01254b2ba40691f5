"""What `expr` reads, tokens and how their operators bind, and what it makes of them: the nodes of a tree."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_TOKENS = 6_000

_TOKEN = re.compile(
    r"\s*(?:(?P<str>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<num>0[xX][0-9a-fA-F.]*(?:[pP][+-]?\d+)?\w*|\d+\.?\d*(?:[eE][+-]?\d+)?\w*|\.\d+(?:[eE][+-]?\d+)?\w*)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<op><<=|>>=|\*\*|//|<<|>>|<=|>=|==|!=|->|::|&&|\|\||\+\+|--|[-+*/%&|^]=|[-+*/%&|^~<>=!?:;.,()\[\]{}@]))"
)

# Binary operators, the loosest first.
PYTHON_BINARY = [
    {"or"},
    {"and"},
    {"<", ">", "<=", ">=", "==", "!=", "in", "is"},
    {"|"},
    {"^"},
    {"&"},
    {"<<", ">>"},
    {"+", "-"},
    {"*", "/", "//", "%", "@"},
]
C_BINARY = [
    {"||"},
    {"&&"},
    {"|"},
    {"^"},
    {"&"},
    {"==", "!="},
    {"<", ">", "<=", ">="},
    {"<<", ">>"},
    {"+", "-"},
    {"*", "/", "%"},
]
_CASTABLE_TEXT = (
    "bool char short int long float double half uint uchar ushort ulong unsigned signed void half_t "
    "bfloat16_t size_t device threadgroup const thread"
)
CASTABLE = frozenset(_CASTABLE_TEXT.split())


class NotParsed(Exception):
    """The text is not an expression this parser knows."""


class Node(NamedTuple):
    """One node: what it is, its own text, what its name refers to, its children."""

    kind: str
    text: str
    kids: tuple[Node, ...] = ()
    ent: int | None = None

    def walk(self) -> list[Node]:
        """This node and all below it."""
        found = [self]
        at = 0
        while at < len(found):
            found.extend(found[at].kids)
            at += 1
        return found


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def tokens(code: str, start: int = 0) -> list[Token]:
    """The tokens with their positions; NotParsed at the first character that begins none."""
    found: list[Token] = []
    at, stop = start, len(code.rstrip())
    while at < stop:
        match = _TOKEN.match(code, at)
        if not match or not match.lastgroup:
            raise NotParsed(code[at : at + 20])
        found.append(Token(match.lastgroup, match.group(match.lastgroup), match.start(match.lastgroup)))
        at = match.end()
        if len(found) > MAX_TOKENS:
            raise NotParsed("too long")
    return found
