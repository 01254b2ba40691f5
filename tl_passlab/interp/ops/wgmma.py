"""wgmma: asynchronous warpgroup products from shared memory descriptors or registers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import axes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.flight import Flight, launch, observe
from tl_passlab.interp.memory import Mem
from tl_passlab.interp.ops import numeric, sparse
from tl_passlab.interp.ops.descriptor import (
    GROUP,
    ROWS,
    Operand,
    first_lanes,
    held,
    increase,
    initialise,
    slot_of,
)
from tl_passlab.interp.ops.pointer import pointer
from tl_passlab.interp.ops.tma import near_pointer
from tl_passlab.interp.program import DYNAMIC, Code


def _shape(text: str) -> tuple[int, int, int]:
    match = re.fullmatch(r"m(\d+)n(\d+)k(\d+)", text)
    if match is None or int(match[1]) != ROWS:
        raise Unsupported(f"wgmma of shape {text}")
    return int(match[1]), int(match[2]), int(match[3])


@dataclass(frozen=True)
class Product:
    """A compiled wgmma."""

    shape: tuple[int, int, int]
    kinds: tuple[str, str, str]
    left: Any
    right: Operand
    out: Any
    out_offset: Any
    keep: Any
    signs: tuple[Any, Any]
    site: int
    metadata: sparse.Metadata | None


def _wgmma_ss(b: Build, call: Any) -> Code:
    return _from_shared(b, list(call.args), None)


def _from_shared(b: Build, args: list[Any], meta: sparse.Metadata | None) -> Code:
    left = Operand(*slot_of(b, args[6]), b.expr(args[7]).run, bool(literal(args[1])))
    right = Operand(*slot_of(b, args[8]), b.expr(args[9]).run, bool(literal(args[2])))
    return _compiled(b, args, 3, left, right, 10, meta)


def _wgmma_rs(b: Build, call: Any) -> Code:
    return _from_registers(b, list(call.args), None)


def _from_registers(b: Build, args: list[Any], meta: sparse.Metadata | None) -> Code:
    left = (pointer(b, args[5]), b.expr(args[6]).run)
    right = Operand(*slot_of(b, args[7]), b.expr(args[8]).run, bool(literal(args[1])))
    return _compiled(b, args, 2, left, right, 9, meta)


def _wgmma_sp_ss(b: Build, call: Any) -> Code:
    args = list(call.args)
    return _from_shared(b, args[:8] + args[11:], sparse.metadata(b, *args[8:11]))


def _wgmma_sp_rs(b: Build, call: Any) -> Code:
    args = list(call.args)
    return _from_registers(b, args[:7] + args[10:], sparse.metadata(b, *args[7:10]))


def _compiled(
    b: Build, args: list[Any], first: int, left: Any, right: Operand, out: int, meta: sparse.Metadata | None
) -> Code:
    kinds = (str(args[first].value), str(args[first + 1].value), str(args[first + 2].value))
    rest = [b.expr(x).run for x in args[out + 1 : out + 5]]
    product = Product(
        _shape(str(args[0].value)),
        kinds,
        left,
        right,
        pointer(b, args[out]),
        rest[0],
        rest[1],
        (rest[2], rest[3]),
        b.site,
        meta,
    )
    return Code(lambda a: _issue(a, product), DYNAMIC)


def _issue(a: Any, p: Product) -> None:
    m, n, k = p.shape
    a_type, b_type, c_type = (numeric.operand_type(x) for x in p.kinds)
    if a.count % GROUP or a.lanes[0] % GROUP:
        a.m.report("divergence", "wgmma runs while some lanes of its warpgroup are elsewhere", a, p.site)
        return
    right_mem, right = p.right.matrices(a, n, k, b_type.itemsize)
    out_mem, out = _accumulators(a, p, n, c_type)
    kept = k if p.metadata is None else k // 2
    if isinstance(p.left, Operand):
        left_mem, left = p.left.matrices(a, m, kept, a_type.itemsize)
        registers = None
    else:
        left_mem, left = _registers(a, p, kept, a_type)
        registers = left_mem
    nibbles = None if p.metadata is None else p.metadata.of(a, k, a_type.itemsize).reshape(len(left), m, -1)
    keep = bool(axes.uniform(p.keep(a)))
    scale = [int(axes.uniform(s(a))) for s in p.signs]
    kind = p.kinds[0] if nibbles is None else sparse.arithmetic(p.kinds[0])
    right, left = _contained(a, right_mem, right, b_type, p), _contained(a, left_mem, left, a_type, p)

    def act() -> None:
        x = left_mem.view(a_type)[left]
        if nibbles is not None:
            x = sparse.expanded(x, nibbles)
        y = right_mem.view(b_type)[right]
        result = numeric.multiply(x, y.swapaxes(1, 2), kind, c_type, scale[0] * scale[1])
        view = out_mem.view(c_type)
        view[out] = (view[out] + result if keep else result).astype(c_type)

    previous = next((group[-1] for group in reversed(a.products) if group), None)
    flight = Flight("wgmma", p.site, act, lanes=a.lanes, background=False, after=previous)
    if a.watch is not None:
        _announce(
            a, p, flight, (left_mem, left, a_type, registers), (right_mem, right, b_type), keep, out_mem, out, c_type
        )
    _hold(a, flight, [out_mem] + ([registers] if registers is not None else []))
    a.products[-1].append(flight)
    launch(a, flight)


def _contained(a: Any, mem: Mem, indices: Any, dtype: Any, p: Product) -> Any:
    limit = mem.nbytes // dtype.itemsize
    if mem.rows > 1 or (indices.min() >= 0 and indices.max() < limit):
        return indices
    for index in indices:
        if index.min() < 0 or index.max() >= limit:
            a.m.report_outside(a, mem, index, limit, dtype.itemsize, p.site)
    return np.clip(indices, 0, limit - 1)


def _accumulators(a: Any, p: Product, n: int, dtype: Any) -> tuple[Mem, Any]:
    mem, base = near_pointer(a, p.out(a))
    start = base // dtype.itemsize + int(axes.uniform(p.out_offset(a)))
    index = held(a.lanes.tobytes(), mem.row_bytes // dtype.itemsize, start, n, 0)
    if (start + n // 2) * dtype.itemsize > mem.nbytes:
        raise Malformed(f"wgmma accumulator leaves {mem.name}")
    return mem, index


def _registers(a: Any, p: Product, k: int, dtype: Any) -> tuple[Mem, Any]:
    start, offset = p.left
    mem, base = near_pointer(a, start(a))
    first = base // dtype.itemsize + int(axes.uniform(offset(a)))
    return mem, held(a.lanes.tobytes(), mem.row_bytes // dtype.itemsize, first, k, dtype.itemsize)


def _announce(
    a: Any, p: Product, flight: Flight, left: Any, right: Any, keep: bool, out_mem: Mem, out: Any, c_type: Any
) -> None:
    watch = a.watch
    rows = [int(r) for r in watch.rows(a)]
    for row in rows:
        column = watch.stream("wgmma", row)
        time = watch.times[column] = watch.times.get(column, 0) + 1
        flight.streams.append((row, column, time))
    for mem, indices, dtype, *_ in (left, right):
        if mem.rows > 1:
            watch.read(a, mem, indices, dtype.itemsize, p.site)
            continue
        for group, index in enumerate(indices):
            watch.read_async_by(a, mem, index, dtype.itemsize, p.site, _of_group(watch, flight, a, group))
    if keep:
        watch.read(a, out_mem, out, c_type.itemsize, p.site)
    watch.write(a, out_mem, out, c_type.itemsize, p.site)


def _of_group(watch: Any, flight: Flight, a: Any, group: int) -> list[tuple[int, int, int]]:
    if not watch.warps:
        return flight.streams
    first = int(a.lanes[first_lanes(a)[group]]) // 32
    return [s for s in flight.streams if first <= s[0] < first + 4]


def _hold(a: Any, flight: Flight, mems: list[Mem]) -> None:
    for mem in mems:
        mem.in_flight += 1
        a.m.flights.setdefault(id(mem), []).append(flight)


def _commit(b: Build, call: Any) -> Code:
    return Code(lambda a: a.products.append([]), DYNAMIC)


def _wait(b: Build, call: Any) -> Code:
    left = b.expr(call.args[0]).run

    def run(a: Any) -> None:
        done = max(0, len(a.products) - 1 - int(axes.uniform(left(a))))
        for group in a.products[:done]:
            observe(a, group)
            for flight in group:
                _let_go(a, flight)
        del a.products[:done]

    return Code(run, DYNAMIC)


def _let_go(a: Any, flight: Flight) -> None:
    for mem in [m for m in a.m.table.values() if m.in_flight]:
        held = a.m.flights.get(id(mem), [])
        if flight in held:
            held.remove(flight)
            mem.in_flight -= 1


def _nothing(b: Build, call: Any) -> Code:
    return Code(lambda a: None, DYNAMIC)


OPS = {
    "tl.initialize_wgmma_descriptor": initialise,
    "tl.increase_descriptor_offset": increase,
    "tl.ptx_wgmma_ss": _wgmma_ss,
    "tl.ptx_wgmma_rs": _wgmma_rs,
    "tl.ptx_wgmma_sp_ss": _wgmma_sp_ss,
    "tl.ptx_wgmma_sp_rs": _wgmma_sp_rs,
    "tl.warpgroup_commit_batch": _commit,
    "tl.warpgroup_wait": _wait,
    "tl.wait_wgmma": _wait,
    "tl.warpgroup_fence_operand": _nothing,
}
TOGETHER = (
    "tl.ptx_wgmma_ss",
    "tl.ptx_wgmma_rs",
    "tl.ptx_wgmma_sp_ss",
    "tl.ptx_wgmma_sp_rs",
    "tl.warpgroup_commit_batch",
    "tl.warpgroup_wait",
    "tl.wait_wgmma",
)
