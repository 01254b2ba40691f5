"""Divergence: an agent forks where its lanes disagree and, where the code needs it, its parts meet again."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.agents import DONE, JOINING, READY, WARP, Agent, Fork
from tl_passlab.interp.program import GONE, Run


def fork(a: Agent, condition: Any, yes_pc: int, no_pc: int, join_pc: int, *, meet: bool) -> int:
    """Replace the agent by one for the lanes that take the branch and one for the others.

    Roles that split along warps run on without meeting, as on the device. Parts of one warp meet again, because warp
    collectives after the branch need the whole warp; so do all at tile level when a tile operation follows.
    """
    takes = axes.lanes_of(condition, a.count).astype(bool)
    yes = a.part(takes, yes_pc, a.m.new_row(a.row))
    no = a.part(~takes, no_pc, a.m.new_row(a.row))
    splits_warp = bool(np.intersect1d(yes.lanes // WARP, no.lanes // WARP).size)
    if meet or splits_warp:
        record = Fork(join_pc, [yes, no])
        yes.forks.append(record)
        no.forks.append(record)
    a.m.replace(a, [yes, no])
    return GONE


def join_here(join_pc: list[int]) -> Run:
    """The instruction at which the parts of a fork meet."""

    def join(a: Agent) -> Any:
        if not a.forks or a.forks[-1].join_pc != join_pc[0]:
            return None
        record = a.forks[-1]
        if record.released:
            a.forks.pop()
            return None
        a.state = JOINING
        if all(x.state in (JOINING, DONE) for x in record.members):
            return _merge(a, record)
        return GONE

    return join


def _merge(a: Agent, record: Fork) -> int:
    parts = [x for x in record.members if x.state == JOINING]
    lanes = np.sort(np.concatenate([x.lanes for x in parts]))
    order = np.argsort(np.concatenate([x.lanes for x in parts]), kind="stable")
    env = [_merge_values([x.env[i] for x in parts], parts, order) for i in range(len(a.env))]
    merged = Agent(a.m, lanes, env, a.pc, a.m.merge_rows([x.row for x in parts]))
    merged.forks = a.forks[:-1]
    merged.copies = _longest([x.copies for x in parts])
    merged.products = _longest([x.products for x in parts])
    merged.bulk = _longest([x.bulk for x in parts])
    for outer in merged.forks:
        outer.members = [x for x in outer.members if x not in parts] + [merged]
    merged.state = READY
    a.m.replace_all(parts, [merged])
    return GONE


def _merge_values(values: list[Any], parts: list[Agent], order: Any) -> Any:
    first = values[0]
    if all(v is first for v in values):
        return first
    if all(isinstance(v, np.ndarray) for v in values) and all(
        v.shape[0] == p.count for v, p in zip(values, parts, strict=True)
    ):
        shape = np.broadcast_shapes(*(v.shape[1:] for v in values))
        wide = [np.broadcast_to(v, (v.shape[0], *shape)) for v in values]
        return np.concatenate(wide)[order]
    return first


def _longest(groups: list[Any]) -> Any:
    return max(groups, key=lambda g: sum(len(x) for x in g))


def replace_in_forks(old: Agent, new: list[Agent]) -> None:
    """Keep every enclosing fork's members up to date when an agent forks again."""
    for record in old.forks:
        if old in record.members:
            record.members = [x for x in record.members if x is not old] + new
