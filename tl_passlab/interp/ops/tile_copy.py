"""Tile-level copies: plain, asynchronous, through TMA, gathered; fill, transpose and im2col."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.dialect import flag, notes_of
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.flight import observe
from tl_passlab.interp.ops import transfer
from tl_passlab.interp.program import DYNAMIC, Code
from tl_passlab.interp.region import Box, Region

KNOWN = {
    "barrier", "tl.ws_op_id",
    "emit_arrive", "is_tma_copy", "tl.pipeline_mbar_phase_expr", "no_implicit_async_commit_wait",
    "coalesced_width", "disable_tma", "eviction_policy", "is_gather4", "is_scatter4", "gather4_rows", "gather4_col",
    "parallel_loop_layout", "is_async_copy", "swizzle", "loop_layout", "prefer_async", "force_cp_async",
    "prefer_instruction", "tl_copy_inst", "use_tma_reduce", "leader_scope_threads", "annot_dst_layout",
    "force_async_copy", "annot_src_layout", "tl.copy_inst", "tma_descriptor_base_is_device_bound",
}  # fmt: skip


def squeeze(box: Box) -> tuple[int, ...]:
    """The extents that matter for matching source with target."""
    return tuple(e for e in box.shape if e != 1)


def matched(source: Box, target: Box, values: Any) -> Any:
    """Values of the source box in the shape of the target box."""
    left, right = squeeze(source), squeeze(target)
    if left != right and np.prod(left or (1,)) != np.prod(right or (1,)):
        raise Unsupported(f"tl.tileop.copy of {source.shape} to {target.shape}")
    if source.per_lane or target.per_lane:
        lead = values.shape[0] if source.per_lane else 1
        shaped = values.reshape((lead, *target.shape))
        return shaped if target.per_lane else _one_writer(shaped)
    return values.reshape(target.shape)


def _one_writer(values: Any) -> Any:
    if values.shape[0] > 1 and not bool((values == values[:1]).all()):
        raise Unsupported("tl.tileop.copy from registers that differ between threads to one place")
    return values[0]


def _known_notes(call: Any) -> Any:
    notes = notes_of(call)
    unknown = set(notes) - KNOWN
    if unknown:
        raise Unsupported(f"{call.op.name} annotation {min(unknown)}")
    return notes


def _copy(b: Build, call: Any) -> Code:
    notes = _known_notes(call)
    if flag(call, "is_gather4") or flag(call, "is_scatter4"):
        return transfer.gathered(b, call)
    source, target = Region(b, call.args[0]), Region(b, call.args[1])
    site = b.site
    if flag(call, "is_tma_copy") and "barrier" in notes:
        return transfer.bulk_load(b, call, source, target)
    if flag(call, "no_implicit_async_commit_wait"):
        return transfer.uncommitted(source, target, site)

    def copy(a: Any) -> None:
        of, to = source.at(a), target.at(a)
        values = dtypes.cast(of.load(a, site, source.missing(a)), to.dtype)
        to.store(a, matched(of, to, values), site)

    return Code(copy, DYNAMIC)


def _async_copy(b: Build, call: Any) -> Code:
    source, target = Region(b, call.args[0]), Region(b, call.args[1])
    start = transfer.uncommitted(source, target, b.site).run

    def run(a: Any) -> None:
        start(a)
        a.copies.append([])

    return Code(run, DYNAMIC)


def _tma_copy(b: Build, call: Any) -> Code:
    notes = _known_notes(call)
    if flag(call, "is_gather4") or flag(call, "is_scatter4"):
        return transfer.gathered(b, call)
    source, target = Region(b, call.args[0]), Region(b, call.args[1])
    if "barrier" in notes:
        return transfer.bulk_load(b, call, source, target)
    if target.scope == "global":
        return transfer.bulk_store(b, source, target)
    raise Unsupported("tl.tileop.tma_copy that loads without a barrier")


def _fill(b: Build, call: Any) -> Code:
    target, value, site = Region(b, call.args[0]), b.expr(call.args[1]).run, b.site

    def fill(a: Any) -> None:
        to, what = target.at(a), axes.uniform(value(a))
        if what is None:
            raise Unsupported("tl.tileop.fill with a value that differs between lanes")
        to.store(a, dtypes.cast(what, to.dtype), site)

    return Code(fill, DYNAMIC)


def _transpose(b: Build, call: Any) -> Code:
    source, target, site = Region(b, call.args[0]), Region(b, call.args[1]), b.site

    def transpose(a: Any) -> None:
        of, to = source.at(a), target.at(a)
        values = dtypes.cast(of.load(a, site), to.dtype)
        flat = values.reshape(squeeze(of)).T
        to.store(a, flat.reshape(to.shape), site)

    return Code(transpose, DYNAMIC)


def _im2col(b: Build, call: Any) -> Code:
    """Arguments: source NHWC, target, row tile, K tile, kernel, stride, dilation, pad."""
    args = list(call.args)
    source, target, site = Region(b, args[0]), Region(b, args[1]), b.site
    numbers = [b.expr(x).run for x in args[2:8]]

    def run(a: Any) -> None:
        row_tile, k_tile, kernel, stride, dilation, pad = (int(axes.uniform(n(a))) for n in numbers)
        image = _whole(a, source, site)
        to = target.at(a)
        rows, columns = to.shape[-2:]
        _, height, width, channels = image.shape
        out_w = (width + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1
        out_h = (height + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1
        m: Any = row_tile * rows + np.arange(rows)[:, None]
        k: Any = k_tile * columns + np.arange(columns)[None, :]
        y = m % (out_h * out_w) // out_w * stride + k // (kernel * channels) * dilation - pad
        x = m % out_w * stride + k // channels % kernel * dilation - pad
        n = m // (out_h * out_w)
        ok = (y >= 0) & (y < height) & (x >= 0) & (x < width) & (n < image.shape[0])
        values = np.where(ok, image[n * ok, y * ok, x * ok, (k % channels) * ok], image.dtype.type(0))
        to.store(a, dtypes.cast(values, to.dtype).reshape(to.shape), site)

    return Code(run, DYNAMIC)


def _whole(a: Any, source: Region, site: int) -> Any:
    box = source.at(a)
    return box.load(a, site)


def _bulk_arrive(b: Build, call: Any) -> Code:
    return Code(lambda a: a.bulk.append([]) if a.active() else None, DYNAMIC)


def _bulk_wait(b: Build, call: Any) -> Code:
    left = b.expr(call.args[0]).run

    def run(a: Any) -> None:
        if not a.active():
            return
        done = max(0, len(a.bulk) - 1 - int(left(a)))
        for group in a.bulk[:done]:
            observe(a, group)
        del a.bulk[:done]

    return Code(run, DYNAMIC)


OPS = {
    "tl.tileop.copy": _copy,
    "tl.tileop.async_copy": _async_copy,
    "tl.tileop.tma_copy": _tma_copy,
    "tl.tileop.fill": _fill,
    "tl.tileop.transpose": _transpose,
    "tl.tileop.im2col": _im2col,
    "tl.tma_store_arrive": _bulk_arrive,
    "tl.tma_store_wait": _bulk_wait,
}
TOGETHER = (
    "tl.tileop.copy",
    "tl.tileop.async_copy",
    "tl.tileop.tma_copy",
    "tl.tileop.fill",
    "tl.tileop.transpose",
    "tl.tileop.im2col",
)
