"""The table of `passlab instructions` as data."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Store:
    """A store statement that stands for an operator without instructions: buffer variable, its scope, element type."""

    target: str
    scope: str
    dtype: str
    lanes: int


@dataclass(frozen=True)
class Row:
    """One tile operator or parallel loop: where it was written, and what it became.

    `emitted` counts instructions over every copy that the pipeline made of the operator (prologue, body, epilogue).
    `upstream` is what upstream's own InstructionAnnotation says of it, on lanes that have that pass; `selector` what
    upstream's GEMM selector says.
    """

    number: int
    operator: str
    operands: str
    file: str
    line: int
    text: str
    lowered_as: str
    copies: int
    kind: str
    emitted: Mapping[str, int] = field(default_factory=dict)
    stores: tuple[Store, ...] = ()
    upstream: str = ""
    selector: str = ""

    @property
    def instructions(self) -> str:
        """`2 tma_load`, or the types of the stores where there is no instruction."""
        if self.emitted:
            return ", ".join(f"{count} {name}" for name, count in self.emitted.items())
        return ", ".join(dict.fromkeys(f"{store.dtype} to {store.scope}" for store in self.stores))


@dataclass(frozen=True)
class Table:
    """The rows of a kernel on a target and lane; `problems` are claims that the generated source does not bear out,
    `disagreements` places where upstream says otherwise than it emits."""

    case: str
    target: str
    lane: str
    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()


def as_json(table: Table) -> dict[str, Any]:
    """The table as JSON values."""
    return dataclasses.asdict(table)


def from_json(values: Mapping[str, Any]) -> Table:
    """The inverse of `as_json`."""
    rows = tuple(
        Row(**{**item, "stores": tuple(Store(**store) for store in item["stores"])}) for item in values["rows"]
    )
    return Table(
        values["case"],
        values["target"],
        values["lane"],
        rows,
        tuple(values["problems"]),
        tuple(values["disagreements"]),
    )
