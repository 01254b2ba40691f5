"""The plan of a pipelined loop, as PipelinePlanning writes it on the loop, and what must be true of one."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tl_passlab.passes.unrolled import own_names, readable

STAGE, ORDER = "software_pipeline_stage", "software_pipeline_order"
# One entry for each statement: 1 for a binding that every stage computes again, which is not scheduled.
_REPLAYED = "software_pipeline_replayable_scalar_binds"
# The keys of a plan that have an entry for each statement of the loop.
_PER_STATEMENT = (STAGE, ORDER, "software_pipeline_async_producers", "software_pipeline_async_producer_groups")
# What a user writes on T.Pipelined(order=..., stage=...), and the key of the plan that must repeat it.
_BY_HAND = {"tl_pipeline_stage": STAGE, "tl_pipeline_order": ORDER}
T = TypeVar("T")


@dataclass(frozen=True)
class Loop:
    """A loop with annotations: its variable, their values, and for each statement what it reads and writes."""

    variable: str
    annotations: Mapping[str, object]
    statements: tuple[tuple[str, frozenset[str], frozenset[str]], ...]

    def numbers(self, key: str) -> list[int]:
        """A list among the annotations; empty without it."""
        found = self.annotations.get(key)
        return [int(item) for item in found] if isinstance(found, list) else []

    def scheduled(self, items: Sequence[T]) -> list[T]:
        """Of the items, one for each statement, those of statements that are scheduled."""
        replayed = self.numbers(_REPLAYED)
        return [item for k, item in enumerate(items) if not (len(replayed) == len(items) and replayed[k])]


@functools.lru_cache(maxsize=4)
def loops(text: str) -> list[Loop]:
    """The loops with annotations, in the order of the text."""
    if "annotations=" not in text:
        return []
    names = own_names(text)
    tree = ast.parse(readable(text))
    return [_loop(node, names) for node in ast.walk(tree) if isinstance(node, ast.For) and _annotations(node)]


def _loop(node: ast.For, names: Mapping[str, str]) -> Loop:
    statements = tuple((ast.unparse(part).splitlines()[0], *touched(part, names)) for part in _flat(node.body))
    return Loop(ast.unparse(node.target), _annotations(node), statements)


def _annotations(node: ast.For) -> dict[str, object]:
    for keyword in node.iter.keywords if isinstance(node.iter, ast.Call) else ():
        if keyword.arg == "annotations" and isinstance(keyword.value, ast.Dict):
            pairs = zip(keyword.value.keys, keyword.value.values, strict=True)
            return {str(_literal(key)): _literal(value) for key, value in pairs if key is not None}
    return {}


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a loop's body, those of a block around them included."""
    return [
        inner
        for part in body
        for inner in (_flat(part.body) if isinstance(part, ast.With) else [part])
        if not _declares(inner)
    ]


def _declares(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Assign) else None
    name = value.func.attr if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else ""
    return name in ("alloc_buffer", "sblock_alloc_buffer", "decl_buffer", "Buffer", "handle")


def touched(statement: ast.stmt, names: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """The buffers that a statement reads and those it writes."""
    reads: set[str] = set()
    writes: set[str] = set()
    done: set[int] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "region":
            place, mode = node.args[0], _literal(node.args[1])
            if isinstance(place, ast.Subscript):
                done.add(id(place))
                name = ast.unparse(place.value)
                reads |= {name} if mode in (1, 3) else set()
                writes |= {name} if mode in (2, 3) else set()
        elif isinstance(node, ast.Subscript) and id(node) not in done:
            (writes if isinstance(node.ctx, ast.Store) else reads).add(ast.unparse(node.value))
    return frozenset(names.get(n, n) for n in reads), frozenset(names.get(n, n) for n in writes)


def planned(text: str) -> list[Loop]:
    """The loops that have a plan."""
    return [loop for loop in loops(text) if STAGE in loop.annotations or ORDER in loop.annotations]


def one_entry_each(before: str, after: str) -> list[str]:
    """Violations of: each list of a plan has one entry for each statement of the loop."""
    del before
    return [
        f"loop {loop.variable}: {len(loop.scheduled(loop.statements))} statements, {key} {loop.numbers(key)}"
        for loop in planned(after)
        for key in _PER_STATEMENT
        if (key in loop.annotations or key in (STAGE, ORDER))
        and len(loop.numbers(key)) != len(loop.scheduled(loop.statements))
    ]


def order_is_a_permutation(before: str, after: str) -> list[str]:
    """Violations of: the order names every place once."""
    del before
    return [
        f"loop {loop.variable} has the order {loop.numbers(ORDER)}"
        for loop in planned(after)
        if sorted(loop.numbers(ORDER)) != list(range(len(loop.numbers(ORDER))))
    ]


def readers_run_after_writers(before: str, after: str) -> list[str]:
    """Violations of: what reads a buffer is in no earlier stage than what wrote it in the same iteration, and after it
    within a stage."""
    del before
    found = []
    for loop in planned(after):
        when = list(zip(loop.numbers(STAGE), loop.numbers(ORDER), strict=False))
        statements = loop.scheduled(loop.statements)[: len(when)]
        for late, (text, reads, _) in enumerate(statements):
            for early, (_, _, writes) in enumerate(statements[:late]):
                if reads & writes and when[late] < when[early]:
                    names = ", ".join(sorted(reads & writes))
                    found.append(f"{text[:60]} (stage, order {when[late]}) reads {names}, written in {when[early]}")
    return found[:3]


def stages_are_honoured(before: str, after: str) -> list[str]:
    """Violations of: a plan has at most the stages that the loop asked for, and says how many those are."""
    asked = [loop for loop in loops(before) if "num_stages" in loop.annotations]
    found = []
    plans = [loop for loop in planned(after) if "tl_pipelined_num_stages" in loop.annotations]
    for loop in plans:
        count = loop.annotations["tl_pipelined_num_stages"]
        wanted = {a.annotations["num_stages"] for a in asked if a.variable == loop.variable}
        if wanted and count not in wanted:
            found.append(f"loop {loop.variable} asked for {wanted} stages, its plan says {count}")
        if isinstance(count, int) and max(loop.numbers(STAGE), default=0) > max(count, 1):
            found.append(f"loop {loop.variable} of {count} stages has a statement in {max(loop.numbers(STAGE))}")
    return found


def made_by_hand_is_kept(before: str, after: str) -> list[str]:
    """Violations of: stage and order that the user wrote are those of the plan."""
    found = []
    for loop in loops(before):
        plans = [plan for plan in planned(after) if plan.variable == loop.variable]
        for key, planned_as in _BY_HAND.items():
            wanted = loop.numbers(key)
            same = _ranks if planned_as == ORDER else list[int]
            if wanted and not any(same(p.scheduled(wanted)) == same(p.numbers(planned_as)) for p in plans):
                values = [plan.numbers(planned_as) for plan in plans]
                found.append(f"loop {loop.variable}: {key} is {wanted}, planned {values}")
    return found


def _ranks(values: list[int]) -> list[int]:
    """The values by rank: what is left of an order when a binding is taken out of it is numbered anew."""
    distinct = sorted(set(values))
    return [distinct.index(value) for value in values]
