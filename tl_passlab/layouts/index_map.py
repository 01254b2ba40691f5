"""A layout as a value: read from the text that a trace prints, and evaluated at an index without any compiler.

Layout((3, 64, 32) -> (3, 1, 8, 256): (_i, _j, _k) = (_i, 0, _j // 8, ...))
Fragment((64, 64) -> (32,): (_i, _j) = (...,); thread = ...; threads = 0..128; replicate = 1)
"""

from __future__ import annotations

import ast
import itertools
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType

from tl_passlab.errors import UsageError

REPLICA = "_rep"

_TEXT = re.compile(
    r"(?P<kind>Layout|Fragment)\(\((?P<shape>[^()]*)\) -> \((?P<out>[^()]*)\): \((?P<vars>[^()]*)\) = \((?P<index>.*)"
)
_OPERATORS: Mapping[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitXor: operator.xor,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
_CALLS: Mapping[str, Callable[[int, int], int]] = {
    "min": min,
    "max": max,
    "bitwise_xor": operator.xor,
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
    "shift_left": operator.lshift,
    "shift_right": operator.rshift,
    "truncmod": operator.mod,
    "truncdiv": operator.floordiv,
    "floordiv": operator.floordiv,
    "floormod": operator.mod,
}


@dataclass(frozen=True)
class IndexMap:
    """A layout: where the element at a logical index of `shape` lies.

    `outputs` are the coordinates in memory, as expressions of `names`. A fragment's are register indices; `thread` is
    the expression of the thread that owns the element, `threads` the first thread and the one after the last, and an
    element has `replicate` owners, told apart by the variable `_rep`.
    """

    shape: tuple[int, ...]
    names: tuple[str, ...]
    outputs: tuple[str, ...]
    thread: str = ""
    threads: tuple[int, int] = (0, 0)
    replicate: int = 1

    @property
    def is_fragment(self) -> bool:
        """Whether elements belong to threads."""
        return bool(self.thread)

    def indices(self) -> Iterator[tuple[int, ...]]:
        """Every logical index, in row-major order."""
        return itertools.product(*(range(extent) for extent in self.shape))

    def place(self, index: tuple[int, ...]) -> tuple[int, ...]:
        """The coordinates of an element in memory, or its register."""
        scope = {**dict(zip(self.names, index, strict=True)), REPLICA: 0}
        return tuple(evaluate(expression, scope) for expression in self.outputs)

    def owners(self, index: tuple[int, ...]) -> tuple[int, ...]:
        """The threads that hold an element of a fragment."""
        scope = dict(zip(self.names, index, strict=True))
        first = self.threads[0]
        return tuple(first + evaluate(self.thread, {**scope, REPLICA: copy}) for copy in range(self.replicate))

    def extents(self) -> tuple[int, ...]:
        """The size of each dimension in memory: the largest coordinate plus one."""
        places = [self.place(index) for index in self.indices()]
        return tuple(max(column) + 1 for column in zip(*places, strict=True))

    def offsets(self) -> dict[tuple[int, ...], int]:
        """Logical index -> offset in elements, memory taken as a row-major array of `extents`."""
        extents = self.extents()
        found = {}
        for index in self.indices():
            offset = 0
            for coordinate, extent in zip(self.place(index), extents, strict=True):
                offset = offset * extent + coordinate
            found[index] = offset
        return found

    def __str__(self) -> str:
        kind = "Fragment" if self.is_fragment else "Layout"
        return f"{kind}({_tuple(self.shape)}: {_tuple(self.names)} = {_tuple(self.outputs)})"


def _tuple(items: tuple[object, ...]) -> str:
    return f"({', '.join(map(str, items))}{',' if len(items) == 1 else ''})"


def parse_layout(text: str) -> IndexMap:
    """The layout that stands at the beginning of a text. Raises UsageError when it is none, or its shape is dynamic."""
    found = _TEXT.match(text)
    if found is None:
        raise UsageError("layout", text[:60], "no layout stands here")
    index, rest = _balanced(found["index"])
    shape = _split(found["shape"])
    if not all(part.isdigit() for part in shape):
        raise UsageError("layout", found["shape"], "the shape is not known before launch; give the kernel fixed sizes")
    names = tuple(name for name in _split(found["vars"]) if name != REPLICA)
    thread, threads, replicate = "", (0, 0), 1
    if found["kind"] == "Fragment":
        tail, _ = _balanced(rest)
        thread, threads, replicate = _fragment_fields(tail)
    return IndexMap(tuple(map(int, shape)), names, tuple(_split(index)), thread, threads, replicate)


def _fragment_fields(tail: str) -> tuple[str, tuple[int, int], int]:
    fields = dict(part.strip().partition(" = ")[::2] for part in tail.split(";") if part.strip())
    first, _, last = fields.get("threads", "0..0").partition("..")
    return fields["thread"], (int(first), int(last)), int(fields.get("replicate", "1"))


def _balanced(text: str) -> tuple[str, str]:
    """What stands before the parenthesis that closes, and what comes after it."""
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return text[:position], text[position + 1 :]
    raise UsageError("layout", text[:60], "the layout's text breaks off")


def _split(text: str) -> list[str]:
    """The parts between commas outside of parentheses."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [part for part in (*parts, text[start:].strip()) if part]


_COMPILED: dict[str, CodeType] = {}
_ALLOWED = (ast.Expression, ast.BinOp, ast.Constant, ast.Name, ast.Load, ast.Call, ast.Attribute, ast.UnaryOp, ast.USub)


def evaluate(expression: str, scope: Mapping[str, int]) -> int:
    """The value of an index expression. Raises UsageError on anything that is no integer arithmetic."""
    if expression not in _COMPILED:
        _COMPILED[expression] = _compile(expression)
    # Only arithmetic over integers passes _compile: there is nothing an expression could reach.
    return int(eval(_COMPILED[expression], {"__builtins__": {}, **_CALLS}, dict(scope)))


def _compile(expression: str) -> CodeType:
    try:
        tree = ast.parse(re.sub(r"\bT\.", "", expression), mode="eval")
    except SyntaxError as error:
        raise UsageError("layout", expression, "not an index expression") from error
    for node in ast.walk(tree):
        integer = not isinstance(node, ast.Constant) or isinstance(node.value, int)
        call = not isinstance(node, ast.Call) or (isinstance(node.func, ast.Name) and node.func.id in _CALLS)
        known = isinstance(node, (*_ALLOWED, *_OPERATORS)) and not isinstance(node, ast.Attribute)
        if not (integer and call and known):
            raise UsageError("layout", expression, f"not integer arithmetic: {ast.unparse(node)}")
    return compile(tree, "<layout>", "eval")
