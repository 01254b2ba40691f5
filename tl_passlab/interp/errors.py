"""How executing TIR can stop: an operation it does not know, or IR that contradicts itself."""

from __future__ import annotations


class Unsupported(Exception):
    """An operation, attribute or type that is not modelled. It becomes the verdict `unsupported`, never a pass."""

    def __init__(self, op: str) -> None:
        super().__init__(op)
        self.op = op


class Malformed(Exception):
    """The IR cannot be executed as it stands (an unbound variable, an operand of the wrong kind)."""


class Stuck(Exception):
    """A run exceeded its step budget: a loop that does not end under this schedule."""
