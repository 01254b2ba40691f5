"""Asynchronous operations: issued at one time, carried out at another, seen by others only through a wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Flight:
    """One asynchronous operation. `act` moves the data; `arrived` is what completion triggers (a barrier, usually).

    `streams` are (row, column, time) in the race detector's clocks: what a wait by that row lets it see.
    """

    name: str
    site: int
    act: Callable[[], None]
    arrived: Callable[[], None] | None = None
    streams: list[tuple[int, int, int]] = field(default_factory=list)
    lanes: Any = None
    complete: bool = False
    acquired: bool = False
    background: bool = True
    after: Flight | None = None

    def finish(self) -> None:
        """Carry the operation out, once, and first what it comes `after`."""
        if not self.complete:
            self.complete = True
            if self.after is not None:
                self.after.finish()
                self.after = None
            self.act()
            if self.arrived is not None:
                self.arrived()


def launch(a: Any, flight: Flight) -> None:
    """Start an operation: at once under the eager schedule, else when the scheduler or a wait decides."""
    a.m.flown.append(flight)
    note = getattr(a.watch, "launched", None)  # only a run that remembers who stored what has it
    if note is not None:
        note(a, flight)
    if a.m.eager:
        flight.finish()
    else:
        a.m.pending.append(flight)


def observe(a: Any, flights: list[Flight]) -> None:
    """An agent waits for its own operations: they finish, and its rows see them."""
    for flight in flights:
        flight.finish()
        flight.acquired = True
        if a.watch is not None:
            for row, column, time in flight.streams:
                a.watch.clocks.observe(row if a.watch.warps else a.row, column, time)
