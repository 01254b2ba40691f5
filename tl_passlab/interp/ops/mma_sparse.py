"""mma.sp: warp products whose left operand keeps half of its columns, as the metadata says."""

from __future__ import annotations

import re
from typing import Any

from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops import numeric, sparse
from tl_passlab.interp.ops.mma import accumulated
from tl_passlab.interp.program import Code

SHAPE = re.compile(r"m16n8k(\d+)")


def _mma_sp(b: Build, call: Any) -> Code:
    args = list(call.args)
    match = SHAPE.fullmatch(str(args[0].value))
    if match is None or (str(args[1].value), str(args[2].value)) != ("row", "col"):
        raise Unsupported(f"ptx_mma_sp {args[0].value} {args[1].value} {args[2].value}")
    k = int(match[1])
    types = [numeric.operand_type(str(x.value)) for x in args[3:6]]
    kind = sparse.arithmetic(str(args[3].value))
    meta = sparse.metadata(b, *args[12:15])
    sparse.holders(k, types[0].itemsize, meta.selector)

    def multiply(a: Any, left: Any, right: Any) -> Any:
        whole = sparse.expanded(left, meta.of(a, k, types[0].itemsize))
        return numeric.multiply(whole, right, kind, types[2])

    return accumulated(b, args, types, ((16, k // 2), (k, 8), (16, 8)), multiply)


OPS = {"tirx.ptx_mma_sp": _mma_sp}
TOGETHER = tuple(OPS)
