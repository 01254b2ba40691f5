"""mma.sp: warp products whose left operand keeps half of its columns, as the metadata says."""

from __future__ import annotations

import re
from typing import Any

from tl_passlab.interp.agents import WARP
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops import numeric, sparse
from tl_passlab.interp.ops.mma import place, spread
from tl_passlab.interp.ops.pointer import pointer
from tl_passlab.interp.program import DYNAMIC, Code

SHAPE = re.compile(r"m16n8k(\d+)")


def _mma_sp(b: Build, call: Any) -> Code:
    args = list(call.args)
    match = SHAPE.fullmatch(str(args[0].value))
    if match is None or (str(args[1].value), str(args[2].value)) != ("row", "col"):
        raise Unsupported(f"ptx_mma_sp {args[0].value} {args[1].value} {args[2].value}")
    k = int(match[1])
    types = [numeric.operand_type(str(x.value)) for x in args[3:6]]
    kind = sparse.arithmetic(str(args[3].value))
    starts = [pointer(b, args[i]) for i in (6, 8, 10)]
    offsets = [b.expr(args[i]).run for i in (7, 9, 11)]
    meta = sparse.metadata(b, *args[12:15])
    sparse.holders(k, types[0].itemsize, meta.selector)
    tables = [
        spread(16, k // 2, "a", max(1, 4 // types[0].itemsize)),
        spread(k, 8, "b", max(1, 4 // types[1].itemsize)),
        spread(16, 8, "c", 1),
    ]
    memo, site = b.memo(), b.site

    def run(a: Any) -> None:
        if a.count % WARP or a.mask is not None:
            a.m.report("divergence", "mma runs while some lanes of its warp are elsewhere", a, site)
            return
        places = [place(a, memo, i, starts[i](a), offsets[i](a), tables[i], types[i], site) for i in range(3)]
        (x_mem, x), (y_mem, y), (c_mem, c) = places
        if a.watch is not None:
            for (mem, index), dtype in zip(places, types, strict=True):
                a.watch.read(a, mem, index, dtype.itemsize, site)
            a.watch.write(a, c_mem, c, types[2].itemsize, site)
        for mem, index in places:
            if mem.in_flight:
                a.m.touch_in_flight(a, mem, index, 1, site)
        left = sparse.expanded(x_mem.view(types[0])[x], meta.of(a, k, types[0].itemsize))
        result = numeric.multiply(left, y_mem.view(types[1])[y], kind, types[2])
        view = c_mem.view(types[2])
        view[c] = (view[c] + result).astype(types[2])

    return Code(run, DYNAMIC)


OPS = {"tirx.ptx_mma_sp": _mma_sp}
TOGETHER = tuple(OPS)
