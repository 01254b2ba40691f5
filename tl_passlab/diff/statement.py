"""A statement as one node: its form, and its parts under names that say what they are for (`condition`, `value`)."""

from __future__ import annotations

import re
from functools import lru_cache

from tl_passlab.diff.expr import Parser
from tl_passlab.diff.language import BRACES
from tl_passlab.diff.names import GRAMMARS
from tl_passlab.diff.syntax import Node, NotParsed
from tl_passlab.diff.tree import Tree

# Everything before the loop that a pragma is for.
_PRAGMA = re.compile(r"#pragma[^;{]*?(?=\bfor\b)")


def parse_statement(tree: Tree, index: int) -> Node:
    """The statement as a node of kind `statement`; NotParsed when its text is not understood."""
    if tree.language not in BRACES | {"tir"}:
        raise NotParsed(tree.language)
    return _parse(tree.language, tree.code[index], tree.ents[index])


@lru_cache(maxsize=20_000)
def _parse(language: str, code: str, entities: tuple[int | None, ...]) -> Node:
    matches = GRAMMARS[language][0].finditer(code)
    ents = {match.start(1): entity for match, entity in zip(matches, entities, strict=False)}
    pragma = _PRAGMA.match(code) if language in BRACES else None
    parser = Parser(code, ents, language in BRACES, pragma.end() if pragma else 0)
    node = _c_statement(parser) if parser.c_like else _tir_statement(parser)
    if not parser.done():
        raise NotParsed(parser.peek())
    if pragma:
        node = node._replace(kids=(_part("pragma", Node("str", pragma.group().strip())), *node.kids))
    return node


def _part(role: str, node: Node) -> Node:
    return Node("part", role, (node,))


def _tir_statement(parser: Parser) -> Node:
    word = parser.peek()
    if word in ("def", "class", "@", "import", "from"):
        raise NotParsed(word)
    if word == "for":
        parser.take()
        targets = [_primary_name(parser)]
        while parser.skip(","):
            targets.append(_primary_name(parser))
        parser.take("in")
        domain = parser.expression()
        parser.take(":")
        return Node("statement", "for", (*(_part("target", t) for t in targets), _part("domain", domain)))
    if word in ("if", "elif", "while"):
        parser.take()
        condition = parser.expression()
        parser.take(":")
        return Node("statement", word, (_part("condition", condition),))
    if word == "else":
        parser.take()
        parser.take(":")
        return Node("statement", "else")
    if word == "with":
        return _tir_with(parser)
    if word == "assert":
        parser.take()
        condition = parser.expression()
        rest = (_part("message", parser.expression()),) if parser.skip(",") else ()
        return Node("statement", "assert", (_part("condition", condition), *rest))
    if word == "return":
        parser.take()
        return Node("statement", "return", () if parser.done() else (_part("value", parser.expression()),))
    return _tir_simple(parser)


def _primary_name(parser: Parser) -> Node:
    token = parser.take()
    if token.kind != "name":
        raise NotParsed(token.text)
    return Node("name", token.text, (), parser.ents.get(token.at))


def _tir_with(parser: Parser) -> Node:
    parser.take("with")
    parts: list[Node] = []
    while True:
        parts.append(_part("context", parser.expression()))
        if parser.skip("as"):
            parts.append(_part("target", parser.expression()))
        if not parser.skip(","):
            break
    parser.take(":")
    return Node("statement", "with", tuple(parts))


def _tir_simple(parser: Parser) -> Node:
    targets = [parser.expression()]
    while parser.skip(","):
        targets.append(parser.expression())
    if parser.done():
        return Node("statement", "call", tuple(_part("call", t) for t in targets))
    parts: list[Node] = []
    if parser.skip(":"):
        parts.append(_part("type", parser.expression()))
    if parser.skip("="):
        parts.append(_part("value", parser.expression()))
    form = "store" if targets[0].kind == "index" else "bind"
    return Node("statement", form, (*(_part("target", t) for t in targets), *parts))


_ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=")


def _c_statement(parser: Parser) -> Node:
    parts: list[Node] = []
    if parser.peek() == "for":
        return _c_for(parser)
    if parser.peek() in ("if", "while", "else"):
        words = [parser.take().text]
        if words == ["else"] and parser.peek() == "if":
            words.append(parser.take().text)
        if parser.peek() == "(":
            parser.take()
            parts.append(_part("condition", parser.expression()))
            parser.take(")")
        if not parser.skip("{"):
            raise NotParsed("a body on the same line")
        return Node("statement", " ".join(words), tuple(parts))
    if parser.peek() in ("return",):
        parser.take()
        if parser.peek() != ";":
            parts.append(_part("value", parser.expression()))
        parser.take(";")
        return Node("statement", "return", tuple(parts))
    node = _c_simple(parser)
    parser.take(";")
    return node


def _c_simple(parser: Parser) -> Node:
    """A declaration, an assignment or a call, without the semicolon."""
    start = parser.at
    words = _c_type_words(parser)
    if words:
        name = _primary_name(parser)
        while parser.skip("["):
            size = () if parser.peek() == "]" else (parser.expression(),)
            parser.take("]")
            name = Node("index", "", (name, *size))
        parts = [_part("type", Node("name", " ".join(words))), _part("target", name)]
        if parser.skip("="):
            parts.append(_part("value", parser.expression()))
        return Node("statement", "bind", tuple(parts))
    parser.at = start
    target = parser.expression()
    operator = parser.peek()
    if operator in _ASSIGNMENTS:
        parser.take()
        form = "store" if target.kind in ("index", "unary") else "assign"
        return Node("statement", form, (_part("target", target), _part(f"value{operator}", parser.expression())))
    return Node("statement", "call", (_part("call", target),))


def _c_type_words(parser: Parser) -> list[str]:
    """The words of a type when a declaration starts here: `type name` followed by `=`, `[` or the end."""
    words: list[str] = []
    at = parser.at
    tokens = parser.tokens
    while at < len(tokens) and (tokens[at].kind == "name" or tokens[at].text in ("*", "&", "::")):
        words.append(tokens[at].text)
        at += 1
        if words[-1] in ("__align__", "alignas") and at + 2 < len(tokens) and tokens[at].text == "(":
            words += [t.text for t in tokens[at : at + 3]]
            at += 3
    following = tokens[at].text if at < len(tokens) else ""
    if len(words) < 2 or tokens[at - 1].kind != "name" or following not in ("=", "[", ";", "") or words[-2] == "::":
        return []
    parser.at = at - 1
    return words[:-1]


def _c_for(parser: Parser) -> Node:
    parser.take("for")
    parser.take("(")
    start = _part("start", _c_simple(parser))
    parser.take(";")
    condition = _part("bound", parser.expression())
    parser.take(";")
    step = _part("step", _c_simple(parser))
    parser.take(")")
    if not parser.skip("{"):
        raise NotParsed("a body on the same line")
    return Node("statement", "for", (start, condition, step))
