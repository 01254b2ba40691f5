"""`tvm_thread_allreduce`: the lanes that agree on all other thread indices reduce a value, and all get the result."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import access, address
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops.allreduce import lane_values
from tl_passlab.interp.program import DYNAMIC, Code


def _all_reduce(b: Build, call: Any) -> Code:
    """Arguments: how many values, the value, a condition, where the result goes, the thread indices reduced over."""
    args = list(call.args)
    if b.reducer is None or literal(args[0]) != 1 or type(args[3]).__name__ != "BufferLoad":
        raise Unsupported("tirx.tvm_thread_allreduce of several values")
    value, condition = b.expr(args[1]).run, b.expr(args[2]).run
    # The index of a single thread has become the constant zero: nothing to reduce over.
    reduced = {b.slot(axis) for axis in args[4:] if type(axis).__name__ != "IntImm"}
    others = [slot for slot, _, _ in b.threads if slot not in reduced]
    left, right = (b.bind(v[0], DYNAMIC) for v in (b.reducer.lhs, b.reducer.rhs))
    combined = b.expr(b.reducer.result[0]).run
    target = args[3]
    dtype, _ = address.element_type(target.buffer)
    locate, site = address.linear(b, target.buffer, list(target.indices)), b.site

    def run(a: Any) -> None:
        if not np.all(condition(a)) or a.mask is not None:
            raise Unsupported("tirx.tvm_thread_allreduce under a condition")
        values = lane_values(a, value(a))
        keys = np.stack([np.broadcast_to(a.env[s], (a.count, 1, 1, 1, 1)).reshape(-1) for s in others] or [a.lanes * 0])
        _, group = np.unique(keys, axis=1, return_inverse=True)
        order = np.argsort(group.reshape(-1), kind="stable")
        parts = values[order].reshape(int(group.max()) + 1, -1, *values.shape[1:])
        total = parts[:, 0]
        for i in range(1, parts.shape[1]):
            a.env[left], a.env[right] = total, parts[:, i]
            total = combined(a)
        if a.watch is not None:
            a.watch.join_all([a])
        mem, index = locate(a)
        access.put(a, mem, index, dtype, total[group.reshape(-1)], site)

    return Code(run, DYNAMIC)


OPS = {"tirx.tvm_thread_allreduce": _all_reduce}
TOGETHER = tuple(OPS)
