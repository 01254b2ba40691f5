"""A small expression parser for the two syntaxes dumps are written in: TVMScript (Python-like) and C-like source.

Only statements that differ are parsed, so it may be slow, but it must be exact: what it does not understand it refuses
with `NotParsed`, and the caller compares tokens instead. Nothing is evaluated.
"""

from __future__ import annotations

from collections.abc import Sequence

from tl_passlab.diff.syntax import C_BINARY, CASTABLE, PYTHON_BINARY, Node, NotParsed, Token, tokens

MAX_NESTING = 60


class Parser:
    """Precedence climbing over one statement's tokens."""

    def __init__(self, code: str, ents: dict[int, int | None], c_like: bool, start: int = 0) -> None:
        self.tokens = tokens(code, start)
        self.ents = ents
        self.c_like = c_like
        self.at = 0
        self.depth = 0
        levels = C_BINARY if c_like else PYTHON_BINARY
        self.power = {op: rank for rank, ops in enumerate(levels) for op in ops}

    def peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at].text if at < len(self.tokens) else ""

    def take(self, text: str = "") -> Token:
        if self.at >= len(self.tokens) or (text and self.tokens[self.at].text != text):
            raise NotParsed(f"expected {text or 'more'}")
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, text: str) -> bool:
        if self.peek() == text:
            self.at += 1
            return True
        return False

    def done(self) -> bool:
        return self.at >= len(self.tokens)

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise NotParsed("nested too deeply")
        node = self._binary(0)
        if self.c_like and self.skip("?"):
            chosen = self.expression()
            self.take(":")
            node = Node("choice", "", (node, chosen, self.expression()))
        elif not self.c_like and self.peek() == "if":
            self.take()
            condition = self._binary(0)
            self.take("else")
            node = Node("choice", "", (condition, node, self.expression()))
        self.depth -= 1
        return node

    def _binary(self, level: int) -> Node:
        node = self._unary()
        compared = False
        while not self.done():
            operator = self.peek()
            rank = self.power.get(operator, -1)
            if rank < level or self.tokens[self.at].kind == "str":
                break
            self.at += 1
            if operator == "is" and self.skip("not"):
                operator = "is not"
            if not self.c_like and rank == self.power["<"] and compared:
                # `a < b < c` is neither `(a < b) < c` nor `a < (b < c)`.
                raise NotParsed("chained comparison")
            compared = rank == self.power["<"]
            node = Node("op", operator, (node, self._binary(rank + 1)))
        return node

    def _unary(self) -> Node:
        text = self.peek()
        if not self.c_like and text == "not":
            self.take()
            return Node("unary", "not", (self._binary(self.power["<"]),))
        if text in ("-", "+", "~") or (self.c_like and text in ("!", "*", "&", "++", "--")):
            self.take()
            self.depth += 1
            if self.depth > MAX_NESTING:
                raise NotParsed("nested too deeply")
            node = Node("unary", text, (self._unary(),))
            self.depth -= 1
            return node
        if not self.c_like and text == "*":
            self.take()
            return Node("unary", "*", (self._unary(),))
        cast = self._cast() if self.c_like and text == "(" else None
        return cast or self._postfix(self._primary())

    def _cast(self) -> Node | None:
        """`(type)operand`, told from a parenthesis by what stands in it and what follows."""
        at = self.at + 1
        words: list[str] = []
        while at < len(self.tokens) and (self.tokens[at].kind == "name" or self.tokens[at].text in ("*", "::", "&")):
            words.append(self.tokens[at].text)
            at += 1
        if (
            not words
            or at >= len(self.tokens)
            or self.tokens[at].text != ")"
            or self.tokens[self.at + 1].kind != "name"
        ):
            return None
        follows = self.tokens[at + 1] if at + 1 < len(self.tokens) else Token("op", "", 0)
        is_type = words[-1] == "*" or words[0] in CASTABLE or words[0].endswith("_t")
        operand = follows.kind in ("name", "num") or follows.text in ("(", "*", "&", "-", "~", "!")
        if not is_type or not operand:
            return None
        self.at = at + 1
        return Node("cast", " ".join(words), (self._unary(),))

    def _primary(self) -> Node:
        token = self.take()
        if token.kind == "num":
            return Node("num", token.text)
        if token.kind == "str":
            return Node("str", token.text, (), self.ents.get(token.at))
        if token.kind == "name":
            if token.text == "lambda":
                raise NotParsed("lambda")
            if token.text in ("Layout", "Fragment") and not self.c_like and self.peek() == "(":
                return self._layout(token)
            return Node("name", token.text, (), self.ents.get(token.at))
        if token.text == "(":
            items, comma = self._items(")")
            return items[0] if len(items) == 1 and not comma else Node("tuple", "", tuple(items))
        if token.text == "[":
            return Node("list", "", tuple(self._items("]")[0]))
        if token.text == "{":
            return Node("dict", "", tuple(self._entries()))
        raise NotParsed(token.text)

    def _layout(self, name: Token) -> Node:
        """A printed layout is one value: `Layout((64, 32) -> (8, 256): (_i, _j) = (...))`."""
        depth = 0
        words = [name.text]
        while not self.done():
            token = self.take()
            depth += (token.text in "([") - (token.text in ")]")
            words.append(token.text)
            if depth == 0:
                return Node("layout", " ".join(words))
        raise NotParsed("a layout is not closed")

    def _entries(self) -> list[Node]:
        found: list[Node] = []
        while not self.skip("}"):
            key = self.expression()
            found.append(Node("entry", "", (key, self.expression())) if self.skip(":") else key)
            if not self.skip(","):
                self.take("}")
                break
        return found

    def _items(self, closing: str) -> tuple[list[Node], bool]:
        """Comma-separated arguments, and whether the last was followed by a comma."""
        found: list[Node] = []
        comma = False
        while not self.skip(closing):
            comma = False
            found.append(self._item())
            if self.skip(","):
                comma = True
            elif not self.c_like and closing == ")" and self.peek() == "->":
                # A printed layout: `Layout((3, 64) -> (3, 64), ...)`.
                self.take()
                found[-1] = Node("op", "->", (found[-1], self.expression()))
                comma = self.skip(",")
            else:
                self.take(closing)
                break
        return found, comma or (closing == ")" and len(found) > 1)

    def _item(self) -> Node:
        """One argument: a keyword (`tl.phase=...` counts as one), a slice, or an expression."""
        if not self.c_like:
            keyword = self._keyword()
            if keyword:
                return Node("keyword", keyword, (self.expression(),))
        first = Node("none", "") if self.peek() == ":" else self.expression()
        if self.peek() != ":":
            return first
        if self.tokens[self.at - 1].kind == "name" and first.kind == "name" and self.peek(1) != "]":
            # `forward_thread: expression` in a printed layout, or the low end of a slice that is a single name.
            self.take()
            return Node("slice", "", (first, self.expression()))
        self.take()
        last = Node("none", "") if self.peek() in ("]", ",", ":") else self.expression()
        if self.skip(":"):
            return Node("slice", "", (first, last, self.expression()))
        return Node("slice", "", (first, last))

    def _keyword(self) -> str:
        at = self.at
        words: list[str] = []
        while at < len(self.tokens) and self.tokens[at].kind == "name":
            words.append(self.tokens[at].text)
            at += 1
            following = self.tokens[at].text if at < len(self.tokens) else ""
            if following == "=":
                self.at = at + 1
                return ".".join(words)
            if following != ".":
                return ""
            at += 1
        return ""

    def _postfix(self, node: Node) -> Node:
        while not self.done():
            text = self.peek()
            if text in (".", "->", "::"):
                dot = self.take()
                if self.c_like and self.peek() == "template":
                    self.take()
                node = Node("attr", text + self.take().text, (node,), self.ents.get(dot.at))
            elif text == "(":
                self.take()
                node = Node("call", "", (node, *self._items(")")[0]))
            elif text == "[":
                self.take()
                node = Node("index", "", (node, *self._items("]")[0]))
            elif self.c_like and text == "<" and node.kind in ("name", "attr"):
                templated = self._template(node)
                if templated is None:
                    break
                node = templated
            elif self.c_like and text in ("++", "--"):
                self.take()
                node = Node("unary", "post" + text, (node,))
            elif not self.c_like and text == "**":
                self.take()
                node = Node("op", "**", (node, self._unary()))
            else:
                break
        return node

    def _template(self, node: Node) -> Node | None:
        """`name<a, b>` when a matching `>` is followed by a call or a member; otherwise it is a comparison."""
        depth, at = 0, self.at
        while at < len(self.tokens) and at < self.at + 80:
            text = self.tokens[at].text
            depth += (text == "<") - (text == ">") - 2 * (text == ">>")
            if text in (";", "{", "&&", "||"):
                return None
            if depth <= 0:
                break
            at += 1
        following = self.tokens[at + 1].text if at + 1 < len(self.tokens) else ""
        if depth != 0 or following not in ("(", "::"):
            return None
        inner = [t for t in self.tokens[self.at + 1 : at]]
        self.at = at + 1
        arguments = tuple(Node("template", text) for text in _template_arguments(inner))
        return Node("instance", "", (node, *arguments))


def _template_arguments(inner: Sequence[Token]) -> list[str]:
    found = [""]
    depth = 0
    for token in inner:
        depth += (token.text in "<([") - (token.text in ">)]")
        if token.text == "," and depth == 0:
            found.append("")
        else:
            found[-1] += token.text
    return found
