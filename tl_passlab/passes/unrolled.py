"""Runs the loops of a kernel's IR text: the statements that come by, iteration by iteration, with numbers for indices.

What a pass on loops must keep is then a comparison of two lists. Loops that a pipeline was planned for run in full,
others once. The block and thread indices and the sizes that are known only at launch have sample values; a condition on
data decides by a hash of its text, so that two texts of one kernel decide alike.
"""

from __future__ import annotations

import ast
import functools
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tl_passlab.layouts.find import declared_in
from tl_passlab.passes.folding import Scope, Value, Versions, element, fold

COMMIT, WAIT = "ptx_commit_group", "ptx_wait_group"
_SILENT = frozenset({"reads", "writes", "sblock_attr", "func_attr", "evaluate", "attr", "device_entry", "block_attr"})
_PIPELINED = re.compile(r"'(?:software_pipeline_stage|tl_pipelined_num_stages|num_stages)'")
_ASYNC = re.compile(r"no_implicit_async_commit_wait=(?:1|T\.bool\(True\))|T\.async_copy\(")
_ASYNC_LOOP = "parallel_async_without_async_commit_wait"
# Iterations of one loop: longer ones are cut, before and after alike where their bound is a number.
MOST = 512


@dataclass(frozen=True)
class Event:
    """A statement that runs: its text with numbers for indices, and what it touches as (buffer, version).

    `barrier` is the mbarrier that a copy completes at, or that it arrives at when it `arrives`.
    """

    text: str
    reads: tuple[tuple[str, Value], ...]
    writes: tuple[tuple[str, Value], ...]
    is_async: bool = False
    barrier: str = ""
    arrives: bool = False


@dataclass(frozen=True)
class Run:
    """All that runs of a kernel, and the free variables that it uses: names that nothing gives a value."""

    events: tuple[Event, ...]
    unbound: frozenset[str]


def versioned_buffers(before: str, after: str) -> dict[str, Versions]:
    """Buffer -> its versions, of those that gained a leading dimension between two texts."""
    old, found = _shapes(before), {}
    for name, shape in _shapes(after).items():
        if shape[1:] == old.get(name) and shape[0].isdigit():
            found[name] = Versions(int(shape[0]), len(shape))
    return found


def _shapes(text: str) -> dict[str, tuple[str, ...]]:
    names = own_names(text)
    return {names.get(name, name): buffer.shape for name, buffer in declared_in(text).items() if buffer.shape}


@functools.lru_cache(maxsize=8)
def own_names(text: str) -> dict[str, str]:
    """Printed name -> the name of the variable behind a buffer: printed again, a buffer gets an ordinal."""
    return dict(re.findall(r"(\w+) = T\.(?:(?:sblock_)?alloc_buffer|Buffer)\([^\n]*?\bdata=(\w+)", text))


def run(text: str, versions: Mapping[str, Versions], seed: int = 1) -> Run:
    """What runs of the function in an IR text; with another seed, the names that only a launch gives a value have
    others."""
    scope = Scope(buffers=own_names(text), versions=dict(versions))
    events = tuple(Machine(scope, seed).body(function_of(text).body))
    return Run(events, frozenset(scope.unbound))


@functools.lru_cache(maxsize=4)
def function_of(text: str) -> ast.FunctionDef:
    """The last function of an IR text."""
    functions = [node for node in ast.walk(ast.parse(readable(text))) if isinstance(node, ast.FunctionDef)]
    return functions[-1]


def readable(text: str) -> str:
    """The text as Python: layouts are taken out, dots in the names of keyword arguments become underscores."""
    text = re.sub(r"(?m)^( *)T\.(?:sblock_attr|func_attr|reads|writes)\(.*\)$", r"\1pass", text)
    text = re.sub(r"([(,] ?)(\w+)\.(\w+)=(?!=)", r"\1\2_\3=", text)
    return _LAYOUT.sub("0)", text) if "Fragment(" in text or "Layout(" in text else text


# In what is left a layout is the last value of a loop's annotations.
_LAYOUT = re.compile(r"(?:Fragment|Layout)\(.*\)(?=\}\):$)", re.MULTILINE)


@dataclass
class Machine:
    """Runs statements. With a `limit` every serial loop runs, up to so many iterations, else a pipelined one in full.

    Elements of the buffers in `tracked` are remembered: counters. `fixed` has the values of thread variables that are
    not to be samples.
    """

    scope: Scope
    seed: int = 1
    limit: int = 0
    tracked: frozenset[str] = frozenset()
    fixed: Mapping[str, int] = field(default_factory=dict)

    def body(self, statements: list[ast.stmt], in_async_loop: bool = False) -> Iterator[Event]:
        """What runs of consecutive statements."""
        for statement in statements:
            predicate = _predicate(statement)
            if predicate is not None and not self._holds(predicate):
                return
            yield from self._statement(statement, in_async_loop)

    def _statement(self, node: ast.stmt, in_async_loop: bool) -> Iterator[Event]:
        if isinstance(node, ast.For):
            yield from self._loop(node, in_async_loop)
        elif isinstance(node, ast.If):
            yield from self.body(node.body if self._holds(node.test) else node.orelse, in_async_loop)
        elif isinstance(node, ast.With | ast.While):
            yield from self.body(node.body, in_async_loop)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield from self._assign(target, node.value, in_async_loop)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from self._call(node.value, in_async_loop)

    def _loop(self, node: ast.For, in_async_loop: bool) -> Iterator[Event]:
        header = ast.unparse(node.iter)
        targets = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        in_async_loop = in_async_loop or _ASYNC_LOOP in header
        outside = {name: self.scope.values[name] for name in names if name in self.scope.values}
        unbound = self.scope.free & set(names)
        for value in self._values(node.iter, header, len(names)):
            for name in names:
                self._bind(name, value)
            yield from self.body(node.body, in_async_loop)
        for name in names:
            self.scope.values.pop(name, None)
        self.scope.values |= outside
        self.scope.free |= unbound

    def _values(self, iteration: ast.expr, header: str, variables: int) -> range:
        """The values of a loop's variable: all where it runs in full, else one; 1 tells more than 0."""
        bounds = [fold(part, self.scope) for part in iteration.args] if isinstance(iteration, ast.Call) else [1]
        first, last = (bounds[0] if len(bounds) == 2 and variables == 1 else 0), bounds[-1]
        serial = self.limit and header.startswith(("range(", "T.serial(", "T.unroll("))
        if isinstance(first, int) and isinstance(last, int) and (serial or _PIPELINED.search(header)):
            return range(first, min(last, first + (self.limit or MOST)))
        return range(1, 2) if last != 1 else range(1)

    def _bind(self, name: str, value: Value) -> None:
        self.scope.values[name] = value
        self.scope.free.discard(name)

    def _assign(self, target: ast.expr, value: ast.expr, in_async_loop: bool) -> Iterator[Event]:
        if isinstance(target, ast.Name):
            self._declare(target.id, value)
        elif isinstance(target, ast.Subscript):
            said = fold(value, self.scope)
            buffer, version, text = element(target, self.scope)
            self.scope.writes.append((buffer, version))
            if buffer in self.tracked:
                self.scope.memory[text] = said
            yield self._event(f"{text} = {said}", in_async_loop)

    def _declare(self, name: str, value: ast.expr) -> None:
        called = value.func.attr if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else ""
        if called == "launch_thread" and isinstance(value, ast.Call):
            self._launch(name, value)
        elif re.fullmatch(r"u?int\d+", called) and isinstance(value, ast.Call) and not value.args:
            self.scope.values[name] = self._sample(name)
            self.scope.free.add(name)
        elif not re.search(r"[bB]uffer|handle|alloc", called):
            self._bind(name, fold(value, self.scope))

    def _launch(self, name: str, call: ast.Call) -> None:
        extent = fold(call.args[1], self.scope)
        sample = self._sample(name)
        self._bind(name, min(sample, extent - 1) if isinstance(extent, int) else sample)

    def _sample(self, name: str) -> int:
        if name in self.fixed:
            return self.fixed[name]
        return max(0, zlib.crc32(re.sub(r"_\d+$", "", name).encode()) % 3 + self.seed)

    def _call(self, call: ast.Call, in_async_loop: bool) -> Iterator[Event]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name == "launch_thread" and isinstance(call.args[0], ast.Name):
            self._launch(call.args[0].id, call)
        elif name not in _SILENT and name != "where":
            text = str(fold(call, self.scope))
            options = {option.arg: option.value for option in call.keywords}
            reads = tuple(self.scope.reads)
            barrier = str(fold(options["barrier"], self.scope)) if "barrier" in options else ""
            self.scope.reads[:] = reads
            arrives = "emit_arrive" in options and fold(options["emit_arrive"], self.scope) == 1
            is_async = in_async_loop or _ASYNC.search(ast.unparse(call)) is not None
            yield self._event(text, is_async, barrier, arrives)

    def _event(self, text: str, is_async: bool, barrier: str = "", arrives: bool = False) -> Event:
        event = Event(text, tuple(self.scope.reads), tuple(self.scope.writes), is_async, barrier, arrives)
        self.scope.reads.clear()
        self.scope.writes.clear()
        return event

    def _holds(self, test: ast.expr) -> bool:
        value = fold(test, self.scope)
        self.scope.reads.clear()
        return bool(value) if isinstance(value, int) else bool(zlib.crc32(value.encode()) & 1)


def _predicate(node: ast.stmt) -> ast.expr | None:
    """The condition of `T.where(...)`, under which the rest of a block runs."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return node.value.args[0] if node.value.func.attr == "where" else None
    return None
