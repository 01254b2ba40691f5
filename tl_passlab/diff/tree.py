"""The statement tree of one text, as flat arrays in reading order.

Arrays and not node objects: a dump may have 100,000 statements, and both the matcher and the hashes walk them in order.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entity:
    """One definition a name can refer to; two entities of one name are two different things."""

    name: str
    statement: int
    kind: str


@dataclass
class Statement:
    """One logical line: its physical lines (1-based, inclusive), nesting level and canonical code."""

    __slots__ = ("code", "first", "last", "level")

    first: int
    last: int
    level: int
    code: str


@dataclass
class Tree:
    """The statements of one text and what their names refer to.

    `exact` and `alpha` are interned keys: equal `exact` means equal tokens, equal `alpha` means equal tokens once every
    name is replaced by what it was defined as. `ents[i]` has one item per name token of statement i, None when the
    name is not defined in the text.
    """

    language: str
    source: list[str]
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    exact: list[int] = field(default_factory=list)
    alpha: list[int] = field(default_factory=list)
    # The text between the names, spaces and all.
    bones: list[int] = field(default_factory=list)
    ents: list[tuple[int | None, ...]] = field(default_factory=list)
    defs: dict[int, tuple[int, ...]] = field(default_factory=dict)
    entities: list[Entity] = field(default_factory=list)
    # Names that are used without a definition in the text.
    free: set[str] = field(default_factory=set)
    # Names whose meaning is not certain: rebound in a nested block and used after it, or rebound to a plain expression.
    ambiguous: set[str] = field(default_factory=set)
    # Why names could not be resolved; such a text is compared token by token.
    trouble: str = ""

    def __len__(self) -> int:
        return len(self.code)

    def lines(self, index: int) -> tuple[str, ...]:
        """The physical lines of one statement."""
        return tuple(self.source[self.first[index] - 1 : self.last[index]])

    def children(self, index: int) -> list[int]:
        """The direct children of a statement, or of the root for -1."""
        found: list[int] = []
        at, stop = (index + 1, self.end[index]) if index >= 0 else (0, len(self.code))
        while at < stop:
            found.append(at)
            at = self.end[at]
        return found


def build_structure(tree: Tree, statements: list[Statement]) -> None:
    """Fill the positions, the parents and the subtree ends from the nesting levels."""
    stack: list[int] = []
    levels: list[int] = []
    for index, statement in enumerate(statements):
        while levels and levels[-1] >= statement.level:
            tree.end[stack.pop()] = index
            levels.pop()
        tree.first.append(statement.first)
        tree.last.append(statement.last)
        tree.code.append(statement.code)
        tree.parent.append(stack[-1] if stack else -1)
        tree.end.append(index + 1)
        stack.append(index)
        levels.append(statement.level)
    for index in stack:
        tree.end[index] = len(statements)
