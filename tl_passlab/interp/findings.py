"""What a run finds: one record per defect, however often it happens."""

from __future__ import annotations

from dataclasses import dataclass, replace

ERRORS = (
    "race",
    "deadlock",
    "leak",
    "uninitialised",
    "out-of-bounds",
    "over-arrival",
    "conflict",
    "in-flight",
    "misuse",
    "fence",
    "divergence",
    "assertion",
    "uninitialised-barrier",
)
# Registers of lanes whose result is dropped are read unwritten by sound code; where they matter, values differ.
WARNINGS = ("benign-race", "unexplored", "unwritten-register")


@dataclass(frozen=True)
class Finding:
    """One defect: its kind, what is wrong, the statements in order, the lanes that ran them, the first block.

    `lines` are the kernel's own, one for each statement, empty where the IR does not carry it.
    """

    kind: str
    message: str
    statements: tuple[str, ...]
    roles: tuple[str, ...]
    block: tuple[int, ...]
    detail: str = ""
    count: int = 1
    lines: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether it makes a boundary fail; the others are shown and counted only."""
        return self.kind not in WARNINGS

    def line(self) -> str:
        """The finding on one line."""
        return f"{self.kind.upper()}  {self.message}"


class Findings:
    """Findings by kind and statements."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, tuple[str, ...]], Finding] = {}

    def add(
        self,
        kind: str,
        message: str,
        statements: tuple[str, ...],
        roles: tuple[str, ...],
        block: tuple[int, ...],
        detail: str = "",
        lines: tuple[str, ...] = (),
    ) -> None:
        """Record a defect or count one more occurrence of a known one."""
        key = (kind, message.partition(":")[0], statements)
        known = self._found.get(key)
        if known is None:
            self._found[key] = Finding(kind, message, statements, roles, block, detail, 1, lines)
        else:
            self._found[key] = replace(known, count=known.count + 1)

    def all(self) -> list[Finding]:
        """Everything found, errors first, in the order of discovery."""
        return sorted(self._found.values(), key=lambda f: not f.is_error)

    def errors(self) -> list[Finding]:
        """The findings that make a boundary fail."""
        return [f for f in self._found.values() if f.is_error]
