"""Tile-level scans."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import literal
from tl_passlab.interp.program import DYNAMIC, Code
from tl_passlab.interp.region import Region


def _scan(accumulate: Any) -> Any:
    def compiler(b: Build, call: Any) -> Code:
        args = list(call.args)
        source, target = Region(b, args[0]), Region(b, args[1])
        axis, reverse, site = literal(args[2]), bool(literal(args[3])), b.site

        def run(a: Any) -> None:
            of, to = source.at(a), target.at(a)
            values = of.load(a, site)
            values = np.flip(values, axis) if reverse else values
            total = accumulate(values, axis=axis, dtype=values.dtype)
            total = np.flip(total, axis) if reverse else total
            to.store(a, dtypes.cast(total, to.dtype).reshape(to.shape), site)

        return Code(run, DYNAMIC)

    return compiler


OPS = {
    "tl.tileop.cumsum": _scan(np.add.accumulate),
    "tl.tileop.cummax": _scan(np.maximum.accumulate),
}
TOGETHER = tuple(OPS)
