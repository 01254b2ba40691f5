"""Memory barriers (mbarrier): phases, pending arrivals and outstanding transaction bytes."""

from __future__ import annotations

from typing import Any


class Barrier:
    """One mbarrier. A phase ends when no arrival is pending and no transaction byte is outstanding.

    `release` holds what the arrivals of ended phases made visible; `gathering` what those of the current one do.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.count: int | None = None
        self.pending = 0
        self.bytes = 0
        self.phase = 0
        self.gathering: Any = None
        self.release: Any = None
        self.ready: Any = None
        self.explicit = False
        self.landed: list[tuple[Any, int]] = []

    def initialise(self, count: int, ready: Any) -> None:
        """Set the arrival count; `ready` is the moment from which other threads may use it, None for at once."""
        self.count = self.pending = count
        self.bytes = 0
        self.ready = ready

    def arrive(self, number: int) -> int:
        """Count arrivals; returns how many there were beyond what the phase still expected."""
        excess = max(0, number - self.pending)
        self.pending -= number - excess
        return excess

    def settle(self) -> bool:
        """End the phase when it is complete; true when it ended."""
        if self.count is None or self.pending or self.bytes:
            return False
        self.phase += 1
        self.pending = self.count
        self.release, self.gathering = self.gathering, None
        return True

    def passed(self, parity: int) -> bool:
        """Whether a wait on this parity returns: the phase of that parity is not the current one."""
        return (self.phase & 1) != parity

    def state(self) -> str:
        """The barrier as a deadlock report shows it."""
        if self.count is None:
            return f"{self.name}: never initialised"
        outstanding = f", {self.bytes} bytes outstanding" if self.bytes else ""
        return f"{self.name}: phase {self.phase}, {self.pending} of {self.count} arrivals missing{outstanding}"
