"""A run in which nothing can move: who waits for what."""

from __future__ import annotations

from typing import Any

from tl_passlab.interp.barriers import Barrier


def report(block: Any) -> None:
    """Turn a stuck block into one finding that names every waiter."""
    waiters, sites = [], []
    for a in block.agents:
        if not isinstance(a.waiting, tuple):
            continue
        what, value, site = a.waiting
        sites.append(site)
        if isinstance(what, Barrier):
            waiters.append(f"{a.role} wait for parity {value} of {what.state()}")
        else:
            waiters.append(f"{a.role} wait at block barrier {value} with {what.lanes} threads")
    message = "nothing can run: " + "; ".join(waiters)
    block.report("deadlock", message, block.agents[0], *dict.fromkeys(sites))
