"""tcgen05.mma on threads: products of shared memory (or tensor memory) and shared memory into tensor memory.

A warp issues a product; it runs later, after those issued before it, and nobody waits for it but through a barrier to
which a commit makes it arrive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_passlab.interp import axes, tmem
from tl_passlab.interp.build import Build
from tl_passlab.interp.clocks import Token
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.errors import Malformed, Unsupported
from tl_passlab.interp.flight import Flight, launch
from tl_passlab.interp.memory import Mem
from tl_passlab.interp.ops import numeric, sync
from tl_passlab.interp.ops.descriptor import Descriptor, addresses, slot_of
from tl_passlab.interp.ops.pointer import pointer
from tl_passlab.interp.ops.tcgen05 import Address, address, words
from tl_passlab.interp.ops.tma import near_pointer
from tl_passlab.interp.program import DYNAMIC, Code

NAME = "tcgen05.mma"
LAYOUTS = {0: 0, 2: 1, 4: 2, 6: 3}  # tcgen05 numbers the swizzles otherwise than wgmma does
FORMATS = {2: ("float16", "bfloat16"), 4: ("", "", "tf32"), 1: ("e4m3", "e5m2")}
INTEGERS = ("uint8", "int8")
ACCUMULATORS = {1: np.dtype(np.float32), 2: np.dtype(np.int32)}
BYTES_OF_K = 32
SHORTEST = 32  # rows, of weight-stationary products alone


@dataclass(frozen=True)
class Instruction:
    """What an instruction descriptor says; `along_k` tells for A and B whether K is contiguous."""

    shape: tuple[int, int, int]
    kinds: tuple[str, str]
    accumulator: np.dtype[Any]
    along_k: tuple[bool, bool]
    sign: int


def instruction(bits: int, kind: str) -> Instruction:
    """Decode an instruction descriptor of a product of a kind."""
    size = numeric.operand_type(kind).itemsize
    integers = kind in ("int8", "uint8", "s8", "u8")
    names = INTEGERS if integers else FORMATS.get(size, ())
    left, right, out = bits >> 7 & 7, bits >> 10 & 7, bits >> 4 & 3
    known = left < len(names) and right < len(names) and names[left] and names[right]
    if not known or out not in ACCUMULATORS or (out == 2) != integers or bits & 15 or bits >> 30:
        raise Unsupported(f"tcgen05.mma of {kind} with instruction descriptor {bits:#x}")
    m, n = (bits >> 24 & 31) << 4, (bits >> 17 & 63) << 3
    if m not in (32, 64, 128) or not n:
        raise Unsupported(f"tcgen05.mma of shape m{m}n{n}")
    sign = -1 if (bits >> 13 ^ bits >> 14) & 1 else 1
    along_k = (not bits >> 15 & 1, not bits >> 16 & 1)
    return Instruction((m, n, BYTES_OF_K // size), (names[left], names[right]), ACCUMULATORS[out], along_k, sign)


def _initialise(b: Build, call: Any) -> Code:
    args = list(call.args)
    (slot, index), start = slot_of(b, args[0]), pointer(b, args[1])
    leading, stride, base, absolute, swizzle = (b.expr(x).run for x in args[2:7])

    def run(a: Any) -> None:
        layout = int(axes.uniform(swizzle(a)))
        if layout not in LAYOUTS or axes.uniform(base(a)) or axes.uniform(absolute(a)):
            raise Unsupported(f"tcgen05 descriptor of layout {layout}, or with an offset")
        mem, at = near_pointer(a, start(a))
        sizes = [int(axes.uniform(x(a))) * 16 for x in (leading, stride)]
        a.env[slot][index] = Descriptor(mem, (at,), LAYOUTS[layout], *sizes)

    return Code(run, DYNAMIC)


class Operand:
    """A compiled operand in shared memory: a descriptor and an offset in bytes."""

    def __init__(self, b: Build, load: Any, offset: Any) -> None:
        self._slot, self._index = slot_of(b, load)
        self._offset = b.expr(offset).run

    def matrix(self, a: Any, rows: int, columns: int, dtype: np.dtype[Any], site: int, *, along_k: bool) -> Any:
        """The memory and the element indices."""
        known = a.env[self._slot][self._index]
        if known is None:
            raise Malformed("a tcgen05 descriptor is used before it is initialised")
        start = known.starts[0] + int(axes.uniform(self._offset(a))) // 16 * 16
        form = (along_k, known.layout, known.leading, known.stride, dtype.itemsize)
        index = addresses(start, rows, columns, *form) // dtype.itemsize
        limit = known.mem.nbytes // dtype.itemsize
        if index.min() < 0 or index.max() >= limit:
            a.m.report_outside(a, known.mem, index, limit, dtype.itemsize, site)
            index = np.clip(index, 0, limit - 1)
        return known.mem, index


@dataclass(frozen=True)
class Product:
    """A compiled product; `left` is an operand in shared memory or an address of tensor memory."""

    kind: str
    left: Operand | Address
    right: Operand
    out: Address
    descriptor: Any
    keep: Any
    folded: bool
    site: int


def _ss(b: Build, call: Any) -> Code:
    args = list(call.args)
    _require_plain([*args[9:13], args[14]])
    return _compiled(b, args, Operand(b, args[1], args[2]), folded=bool(literal(args[13])))


def _ts(b: Build, call: Any) -> Code:
    args = list(call.args)
    _require_plain(args[9:14])
    return _compiled(b, args, address(b, args[1], args[2]), folded=False)


def _require_plain(flags: list[Any]) -> None:
    if any(literal(x) for x in flags):
        raise Unsupported("tcgen05.mma with masks or of two blocks")


def _compiled(b: Build, args: list[Any], left: Operand | Address, *, folded: bool) -> Code:
    right, out = Operand(b, args[3], args[4]), address(b, args[5], args[6])
    descriptor, keep = b.expr(args[7]).run, b.expr(args[8]).run
    product = Product(str(args[0].value), left, right, out, descriptor, keep, folded, b.site)

    def run(a: Any) -> None:
        if a.mask is not None:
            raise Unsupported("tcgen05.mma under a mask")
        for warp in a.warps:
            _issue(a, product, int(warp))

    return Code(run, DYNAMIC)


def _issue(a: Any, p: Product, warp: int) -> None:
    what = instruction(int(axes.uniform(p.descriptor(a))), p.kind)
    (m, n, k), memory = what.shape, tmem.of(a.m)
    x_type, y_type = (numeric.operand_type(x) for x in what.kinds)
    y_mem, y = p.right.matrix(a, n, k, y_type, p.site, along_k=what.along_k[1])
    if isinstance(p.left, Operand):
        x_mem, x = p.left.matrix(a, m, k, x_type, p.site, along_k=what.along_k[0])
    else:
        x_mem, x = memory.mem, _packed(a, p.left(a), m, k, x_type, p.site)
    out = _folded(a, p.out(a), m, n, p.site) if p.folded else _rows(a, p.out(a), m, n, p.site)
    keep = bool(axes.uniform(p.keep(a)))

    def act() -> None:
        result = numeric.multiply(x_mem.view(x_type)[x], y_mem.view(y_type)[y].T, what.kinds[0], what.accumulator)
        view = memory.mem.view(what.accumulator)
        view[out] = ((view[out] if keep else 0) + what.sign * result).astype(what.accumulator)

    flight = Flight(NAME, p.site, act, after=memory.last)
    if a.watch is not None:
        reads = [(x_mem, x, x_type.itemsize), (y_mem, y, y_type.itemsize)]
        reads += [(memory.mem, out, tmem.WORD)] if keep else []
        _announce(a, p.site, warp, memory, reads, out)
    memory.last = flight
    memory.issued.setdefault(warp, []).append(flight)
    launch(a, flight)


def _rows(a: Any, at: tuple[int, int], m: int, columns: int, site: int) -> Any:
    """The words of a matrix whose rows are lanes: all 128 of them, or the first half of each quarter."""
    row = np.arange(m)
    lanes: Any = at[0] + (row if m == tmem.LANES else row // 16 * 32 + row % 16)
    if m == SHORTEST:
        raise Unsupported(f"tcgen05.mma of {m} rows that is not weight-stationary")
    return words(a, lanes[:, None], at[1] + np.arange(columns), site)


def _folded(a: Any, at: tuple[int, int], m: int, n: int, site: int) -> Any:
    """The words of a weight-stationary result: where it has less than 128 rows, its columns are folded beside them."""
    column, width = np.arange(n), n * m // tmem.LANES
    lanes: Any = at[0] + np.arange(m)[:, None] + column // width * m
    if n % (tmem.LANES // m):
        raise Unsupported(f"weight-stationary tcgen05.mma m{m}n{n}")
    return words(a, lanes, at[1] + np.broadcast_to(column % width, (m, n)), site)


def _packed(a: Any, at: tuple[int, int], m: int, k: int, dtype: np.dtype[Any], site: int) -> Any:
    per = tmem.WORD // dtype.itemsize
    index = _rows(a, at, m, k // per, site)
    return (index[:, :, None] * per + np.arange(per)).reshape(m, k)


def _announce(
    a: Any, site: int, warp: int, memory: tmem.TensorMemory, reads: list[tuple[Mem, Any, int]], out: Any
) -> None:
    """Tell the race detector what a product will touch."""
    watch = a.watch
    row = warp if watch.warps else a.row
    column = watch.stream(NAME, row)
    time = watch.times[column] = watch.times.get(column, 0) + 1
    memory.stamps[warp] = (column, time)
    # Products of one issuer are in order: one may use what the last one wrote, though nobody waited for it.
    seen = watch.clocks.seen
    known, seen[row, column] = seen[row, column], time
    for mem, index, itemsize in reads:
        watch.read_async(a, mem, index, itemsize, site, column, time, row)
    watch.write_async(a, memory.mem, out, tmem.WORD, site, column, time, row)
    watch.clocks.seen[row, column] = known


def _commit(b: Build, call: Any) -> Code:
    barrier_at, site = sync.barrier_of(b, call.args[0]), b.site

    def run(a: Any) -> None:
        if a.mask is not None:
            raise Unsupported("tcgen05.commit under a mask")
        for warp in a.warps:
            _arrive_after(a, barrier_at(a), int(warp), site)

    return Code(run, DYNAMIC)


def _arrive_after(a: Any, barrier: Any, warp: int, site: int) -> None:
    """Let everything that this warp has issued arrive at a barrier, when it is complete."""
    memory = tmem.of(a.m)
    issued = memory.issued.pop(warp, [])
    sync.check_ready(a, barrier, site)
    token = _seen_by_waiters(memory.stamps.get(warp)) if a.watch is not None else None
    flight = Flight("tcgen05.commit", site, lambda: None, after=memory.last)

    def arrived() -> None:
        if token is not None:
            barrier.gathering = a.watch.clocks.join(barrier.gathering, token)
        if barrier.arrive(1):
            a.m.report("over-arrival", f"{barrier.name}: more arrivals than its phase expects", a, site)
        for done in [*issued, flight]:
            a.m.landed(done, barrier)
        barrier.settle()

    flight.arrived = arrived
    a.m.event(a, ("arrive", barrier, 1), site)
    launch(a, flight)


def _seen_by_waiters(stamp: tuple[int, int] | None) -> Token | None:
    if stamp is None:
        return None
    column, time = stamp
    released: Any = np.zeros(column + 1, dtype=np.int32)
    released[column] = time
    return Token(released, np.zeros(column + 1, dtype=np.int32))


OPS = {
    "tl.initialize_tcgen05_descriptor": _initialise,
    "tl.ptx_tcgen05_mma_ss": _ss,
    "tl.ptx_tcgen05_mma_ts": _ts,
    "tl.tcgen05_mma_arrive": _commit,
}
TOGETHER = ("tl.ptx_tcgen05_mma_ss", "tl.ptx_tcgen05_mma_ts", "tl.tcgen05_mma_arrive")
