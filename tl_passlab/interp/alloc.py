"""Where memory, barriers and thread indices come from: allocations, block annotations, launch bindings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tl_passlab.interp import address, tmem
from tl_passlab.interp.barriers import Barrier
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.memory import Ptr
from tl_passlab.interp.ops import reducer
from tl_passlab.interp.program import LANES, UNIFORM, Run

BARRIER_SCOPES = {"shared.barrier", "shared.cluster_barrier"}
SHARED_SCOPES = {"shared", "shared.dyn", "shared.tmem"}
THREAD_SCOPES = {"local", "local.var", "local.fragment", ""}
KNOWN_ANNOTATIONS = {
    "barrier_init",
    "layout_map",
    "safe_value_map",
    "padding_map",
    "lexical_alloc_scope",
    "tl.launch_threads",
    "tl.local_var_init",
    "reducer_info",
    "reducer_info_v2",
    "local_var_init",
    "tl.cluster_dims",
    "warp_specialize",
    "is_tir_block",
    "l2_hit_ratio_map",
    "tl.ws_schedule",
    "tl.non_restrict_params",
    "no_set_max_nreg",
    "restrict_layout_map",
}


def bind_thread(b: Build, var: Any, tag: str, extent: Any) -> None:
    """A launch index: block indices are scalars, thread indices are lane values."""
    if tag.startswith("blockIdx."):
        b.grid.append((b.bind(var, UNIFORM), tag, b.expr(extent)))
    elif tag.startswith("threadIdx."):
        code = None if extent is None else b.expr(extent)
        b.threads.append((b.bind(var, LANES), tag, code))
        if code is not None and code.is_constant:
            b.ranges[hash(var)] = np.arange(int(code.constant))
    else:
        raise Unsupported(f"launch index {tag}")


def has_predicate(b: Build, realize: Any) -> bool:
    """Whether a block runs only under a condition."""
    predicate = b.expr(realize.predicate)
    return not (predicate.is_constant and predicate.constant)


def enter_block(b: Build, realize: Any) -> list[Run]:
    """What entering an SBlock does: bind its variables, allocate its buffers, initialise its barriers."""
    block = realize.block
    if len(block.match_buffers) or block.init is not None:
        raise Unsupported("block with match_buffer or init")
    runs: list[Run] = []
    for iter_var, value in zip(block.iter_vars, realize.iter_values, strict=True):
        code = b.expr(value)
        runs.append(_setter(b.bind(iter_var.var, code.depends), code.run))
    b.at(realize)
    notes = {str(k): v for k, v in block.annotations.items()}
    unknown = set(notes) - KNOWN_ANNOTATIONS
    if unknown:
        raise Unsupported(f"block annotation {min(unknown)}")
    reducer.note(b, notes)
    counts = {hash(var): [int(c) for c in values] for var, values in notes.get("barrier_init", {}).items()}
    starts = dict(_initial_values(notes))
    for var, value in notes.get("safe_value_map", {}).items():
        b.safe_values[hash(getattr(var, "data", var))] = value
    if "tl.launch_threads" in notes:
        b.launch_threads = [int(x) for x in notes["tl.launch_threads"]]
    for buffer in block.alloc_buffers:
        run = allocation(b, buffer, counts.get(hash(buffer.data)), starts.get(hash(buffer.data)))
        runs.append(run)
    return runs


def _initial_values(notes: dict[str, Any]) -> list[tuple[int, Any]]:
    found = notes.get("tl.local_var_init", notes.get("local_var_init", {}))
    return [(hash(var), value) for var, value in found.items()]


def _setter(slot: int, run: Run) -> Run:
    def set_value(a: Any) -> None:
        a.env[slot] = run(a)

    return set_value


def declaration(b: Build, buffer: Any) -> Run | None:
    """A DeclBuffer only names memory that exists; its element type still narrows the tracking unit."""
    scope = str(buffer.scope())
    if scope not in BARRIER_SCOPES and not scope.startswith("local.descriptor"):
        b.data_slot(buffer, address.element_type(buffer)[0].itemsize)
    return None


def allocation(b: Build, buffer: Any, counts: list[int] | None = None, start: Any = None) -> Run:
    """An allocation by scope."""
    scope = str(buffer.scope())
    slot = b.slot(buffer.data)
    b.bind(buffer.data, UNIFORM)
    name = str(buffer.name)
    if scope in BARRIER_SCOPES:
        size = math.prod(int(e) for e in buffer.shape)
        return _barriers(slot, name, size, counts)
    if scope.startswith("local.descriptor"):
        size = math.prod(int(e) for e in buffer.shape)

        def descriptors(a: Any) -> None:
            a.env[slot] = [None] * size

        return descriptors
    if scope == tmem.SCOPE and not b.level.tile:
        return _tensor_memory(b, buffer, slot)
    dtype, width = address.element_type(buffer)
    b.data_slot(buffer, dtype.itemsize)
    extents = [b.expr(e).run for e in buffer.shape]
    rows = _rows_of(b, scope)
    if rows == "thread":
        b.private.add(hash(buffer.data))

    def allocate(a: Any) -> None:
        size = math.prod(int(run(a)) for run in extents) * width * dtype.itemsize
        mem = a.m.memory(slot, name, scope, size, rows)
        a.env[slot] = Ptr(mem, 0, dtype)

    if start is None:
        return allocate
    value = b.expr(start).run

    def allocate_with_value(a: Any) -> None:
        allocate(a)
        pointer = a.env[slot]
        index, _ = address.settle(a, pointer, 0, dtype, 1, 0)
        if a.watch is not None:
            a.watch.write(a, pointer.mem, index, dtype.itemsize, 0)
        pointer.mem.view(dtype)[index] = value(a)

    return allocate_with_value


def _tensor_memory(b: Build, buffer: Any, slot: int) -> Run:
    """Before LowerSharedTmem a buffer has its columns from the start; its variable is their address."""
    columns = -(-math.prod(int(e) for e in buffer.shape[1:]) * int(buffer.dtype.bits) // 32)
    site, name = b.site, str(buffer.name)

    def place(a: Any) -> None:
        start = tmem.of(a.m).place(slot, columns)
        if start is None:
            a.m.report("out-of-bounds", f"{name}: there are no {columns} columns of tensor memory left", a, site)
        a.env[slot] = start or 0

    return place


def _rows_of(b: Build, scope: str) -> str:
    if scope in SHARED_SCOPES or scope == "global":
        return "block"
    if scope == "metal.simdgroup":
        return "block" if b.level.tile else "warp"
    if scope in ("local.fragment", "local.reducer"):
        return "block" if b.level.tile else "thread"
    if scope in THREAD_SCOPES:
        return "thread"
    raise Unsupported(f"memory scope {scope}")


def _barriers(slot: int, name: str, size: int, counts: list[int] | None) -> Run:
    def make(a: Any) -> None:
        table = a.m.barriers
        if slot not in table:
            table[slot] = tuple(Barrier(f"{name}[{i}]") for i in range(size))
            for barrier, count in zip(table[slot], counts or [], strict=False):
                barrier.initialise(count, None)
        a.env[slot] = table[slot]

    return make


def thread_values(threads: list[tuple[int, str, int]], lanes: Any) -> list[tuple[int, Any]]:
    """The value of each thread index on each lane, x fastest."""
    extents = {"threadIdx.x": 1, "threadIdx.y": 1, "threadIdx.z": 1}
    for _, tag, extent in threads:
        extents[tag] = extent
    x, y = extents["threadIdx.x"], extents["threadIdx.y"]
    parts = {"threadIdx.x": lanes % x, "threadIdx.y": lanes // x % y, "threadIdx.z": lanes // (x * y)}
    return [(slot, parts[tag].astype(np.int32).reshape(-1, 1, 1, 1, 1)) for slot, tag, _ in threads]
