"""Products into tensor memory (tcgen05), at tile level: asynchronous, in order, completing into a memory barrier."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp.clocks import Token
from tl_passlab.interp.flight import Flight, launch

NAME = "tcgen05"


def start(a: Any, barrier: Any, product: Any, site: int) -> None:
    """Issue a product: it reads its operands and writes its accumulator later, and then arrives at the barrier."""
    previous = next((f for f in reversed(a.m.flown) if f.name == NAME), None)
    flight = Flight(NAME, site, product.carry_out, after=previous)
    token = _announce(a, product, site) if a.watch is not None else None

    def arrived() -> None:
        if token is not None:
            barrier.gathering = a.watch.clocks.join(barrier.gathering, token)
        if barrier.arrive(1):
            a.m.report("over-arrival", f"{barrier.name}: more arrivals than its phase expects", a, site)
        a.m.landed(flight, barrier)
        barrier.settle()

    flight.arrived = arrived
    a.m.event(a, ("arrive", barrier, 1), site)
    launch(a, flight)


def _announce(a: Any, product: Any, site: int) -> Token:
    """Tell the race detector what the product will touch; returns what a wait for it lets one see."""
    watch = a.watch
    row = int(watch.rows(a)[0])
    column = watch.stream(NAME, row)
    time = watch.times[column] = watch.times.get(column, 0) + 1
    for box in (product.left, product.right):
        watch.read_async(a, box.mem, box.existing(), box.dtype.itemsize, site, column, time, row)
    # Products of one issuer are in order: one may write what the last one wrote, though nobody waited for it.
    seen = watch.clocks.seen
    known, seen[row, column] = seen[row, column], time - 1
    out = product.out
    watch.write_async(a, out.mem, out.existing(), out.dtype.itemsize, site, column, time, row)
    watch.clocks.seen[row, column] = known
    released = np.zeros(column + 1, dtype=np.int32)
    released[column] = time
    return Token(released, np.zeros(column + 1, dtype=np.int32))
