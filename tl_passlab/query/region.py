"""A region of statements: the questions that can be asked of it, and the narrower regions inside it."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tl_passlab.query.allocation import Allocation, allocation_in
from tl_passlab.query.calls import calls_in, closing

WAITS = (
    "mbarrier_wait_parity",
    "mbarrier.wait",
    "*wait_group*",
    "*cp_async_wait*",
    "wait_wgmma",
    "warpgroup_wait",
    "tma_store_wait",
    "wait",
)
BARRIERS = ("tvm_storage_sync", "syncthreads", "__syncthreads", "threadgroup_barrier", "*named_barrier*", "sync_*")
_LOOP = re.compile(r"for (?:\((?:\w+ )?)?([\w, ]+?) (?:in|=) (?:T\.)?(\w+)?")
_C_BOUND = re.compile(r"; *\w+ *<=? *([^;]+);")


@dataclass(frozen=True)
class Statement:
    """One line: its number in the text (from 1), its indentation, and what is on it."""

    line: int
    indent: int
    text: str


@dataclass(frozen=True)
class Op:
    """One call of an operation. `name` has no `T.` or `tl::`; `line` is its line in the text."""

    name: str
    args: tuple[str, ...]
    kwargs: Mapping[str, str]
    template: str
    line: int
    text: str


@dataclass(frozen=True)
class Region:
    """Consecutive statements. Everything it returns is in the order of the text."""

    statements: tuple[Statement, ...]

    @property
    def text(self) -> str:
        """The statements as they are printed."""
        return "\n".join(" " * s.indent + s.text for s in self.statements)

    def ops(self, *names: str) -> tuple[Op, ...]:
        """The calls of the named operations (`tma_copy`, `ptx_*`), of any when none is named."""
        found = []
        for statement in self.statements:
            for call in calls_in(statement.text):
                name = re.sub(r"^(?:T|tl|tirx|tir|metal|cute)(?:\.|::)", "", call.name)
                if not names or any(fnmatch.fnmatchcase(name, wanted) for wanted in names):
                    op = Op(name, call.args, dict(call.kwargs), call.template, statement.line, statement.text)
                    found.append(op)
        return tuple(found)

    def count(self, *names: str) -> int:
        """How many calls of the named operations there are."""
        return len(self.ops(*names))

    def order(self, *names: str, runs: bool = False) -> list[str]:
        """The names of the calls in order; with `runs`, equal neighbours count once."""
        found = [op.name for op in self.ops(*names)]
        return [name for k, name in enumerate(found) if not runs or k == 0 or found[k - 1] != name]

    def waits(self) -> tuple[Op, ...]:
        """The calls that wait for a copy, a barrier or a matrix instruction."""
        return self.ops(*WAITS)

    def barriers(self) -> tuple[Op, ...]:
        """The calls that all threads of a block or group meet at."""
        return self.ops(*BARRIERS)

    def allocs(self, scope: str = "*", name: str = "*") -> tuple[Allocation, ...]:
        """The buffers declared, by scope (`shared*`) and name."""
        found = (allocation_in(s.text, s.line) for s in self.statements)
        return tuple(a for a in found if a is not None and _same(a.scope, scope) and _same(a.name, name))

    def loops(self, var: str = "*", kind: str = "*") -> tuple[Block, ...]:
        """The loops, by variable (`ko`) and kind (`serial`, `unroll`, `vectorized`, ...; `for` in generated source)."""
        return tuple(b for b in self._blocks("for ") if any(_same(v, var) for v in b.vars) and _same(b.kind, kind))

    def branches(self, condition: str = "*") -> tuple[Block, ...]:
        """The branches of `if` statements, each `else` after its `if`; by condition, which of an `else` is `else`."""
        # A bracket in a condition is an index, not a set of characters.
        wanted = condition.replace("[", "[[]")
        return tuple(b for b in self._blocks("if ", "else", "elif ", "} else") if _same(b.condition, wanted))

    def stores(self, buffer: str = "*") -> tuple[Statement, ...]:
        """The statements that assign to elements of a buffer."""
        found = ((re.match(r"\*?\(?(\w+)\[.*?\] [-+*/]?= ", s.text), s) for s in self.statements)
        return tuple(s for match, s in found if match is not None and _same(match[1], buffer))

    def uses(self, name: str) -> int:
        """How often a name occurs."""
        return sum(len(re.findall(rf"\b{re.escape(name)}\b", s.text)) for s in self.statements)

    def attrs(self, key: str) -> list[str]:
        """The values of an attribute or annotation, as printed."""
        found = []
        for statement in self.statements:
            for match in re.finditer(rf'"{re.escape(key)}": ', statement.text):
                found.append(_value(statement.text, match.end()))
        return found

    def inside(self, block: Block) -> Region:
        """The statements of this region that are in a block."""
        lines = {s.line for s in block.statements}
        return Region(tuple(s for s in self.statements if s.line in lines))

    def ahead_of(self, block: Block) -> Region:
        """The statements before a block's header: the prologue of a loop."""
        return Region(tuple(s for s in self.statements if s.line < block.header.line))

    def past(self, block: Block) -> Region:
        """The statements after a block: the epilogue of a loop."""
        last = max((s.line for s in block.statements), default=block.header.line)
        return Region(tuple(s for s in self.statements if s.line > last))

    def _blocks(self, *starts: str) -> list[Block]:
        found = []
        for index, header in enumerate(self.statements):
            if header.text.startswith(starts):
                end = index + 1
                while end < len(self.statements) and self.statements[end].indent > header.indent:
                    end += 1
                found.append(Block(self.statements[index + 1 : end], header))
        return found


@dataclass(frozen=True)
class Block(Region):
    """The body of a loop or branch, and its header."""

    header: Statement

    @property
    def vars(self) -> tuple[str, ...]:
        """The loop's variables."""
        match = _LOOP.match(self.header.text)
        return tuple(v.strip() for v in match[1].split(",")) if match else ()

    @property
    def kind(self) -> str:
        """`serial`, `unroll`, `vectorized`, `range`, ...; `for` in generated source."""
        match = _LOOP.match(self.header.text)
        return match[2] if match and " in " in self.header.text and match[2] else "for"

    @property
    def extent(self) -> str:
        """How often the loop runs, as printed."""
        bound = _C_BOUND.search(self.header.text)
        if bound is not None:
            return bound[1].strip()
        call = next(iter(calls_in(self.header.text)), None)
        return call.args[-1] if call is not None and call.args else ""

    @property
    def condition(self) -> str:
        """The condition of an `if`; `else` for an else."""
        text = re.sub(r"^(?:else if|elif|if) ", "", self.header.text.removeprefix("} ").rstrip("{: "))
        return text[1:-1] if text.startswith("(") and closing(text, 0) == len(text) - 1 else text


def _same(value: str, wanted: str) -> bool:
    return value == wanted or fnmatch.fnmatchcase(value, wanted)


def _value(text: str, start: int) -> str:
    """The value that begins at a place: a bracketed one whole, another up to the next comma or bracket."""
    if text[start : start + 1] in tuple("([{"):
        return text[start : closing(text, start) + 1]
    match = re.match(r'"(?:[^"\\]|\\.)*"|[^,}\])]*', text[start:])
    return match[0] if match else ""
