"""Loads and stores of buffer elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_passlab.interp import address, axes, dtypes
from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.program import DYNAMIC, Code, Run


def compile_load(b: Build, node: Any) -> Code:
    """A BufferLoad."""
    if node.predicate is not None:
        raise Unsupported("predicated buffer load")
    buffer, indices = node.buffer, list(node.indices)
    dtype, _ = address.element_type(buffer)
    if b.level.safe_access and buffer.scope() in ("global", ""):
        return Code(_guarded_load(b, buffer, indices, dtype), DYNAMIC)
    locate = address.linear(b, buffer, indices)
    site = b.site
    whole = dtype.kind in "iub"

    def load(a: Any) -> Any:
        mem, index = locate(a)
        if a.watch is not None:
            a.watch.read(a, mem, index, dtype.itemsize, site)
        if mem.in_flight:
            a.m.touch_in_flight(a, mem, index, dtype.itemsize, site)
        value = mem.view(dtype)[index]
        return value.item() if whole and not isinstance(value, np.ndarray) else value

    return Code(load, DYNAMIC)


def _guarded_load(b: Build, buffer: Any, indices: list[Any], dtype: Any) -> Run:
    locate = address.bounded(b, buffer, indices)
    site = b.site
    fallback = b.safe_values.get(hash(buffer.data))
    missing = b.expr(fallback).run if fallback is not None else lambda _: dtype.type(0)

    def load(a: Any) -> Any:
        mem, index, inside = locate(a)
        if a.watch is not None:
            with a.masked(inside):
                a.watch.read(a, mem, index, dtype.itemsize, site)
        value = mem.view(dtype)[index]
        if inside is not None:
            value = np.where(inside, value, missing(a))
        if dtype.kind in "iub" and not isinstance(value, np.ndarray):
            return value.item()
        return value

    return load


def compile_store(b: Build, node: Any) -> Run:
    """A BufferStore."""
    if node.predicate is not None:
        raise Unsupported("predicated buffer store")
    buffer, indices = node.buffer, list(node.indices)
    dtype, _ = address.element_type(buffer)
    value = b.hoist(b.expr(node.value)).run
    site = b.site
    b.written.add(b.slot(buffer.data))
    if b.level.safe_access and buffer.scope() in ("global", ""):
        bounded = address.bounded(b, buffer, indices)

        def guarded(a: Any) -> None:
            stored = value(a)
            mem, index, inside = bounded(a)
            with a.masked(inside):
                put(a, mem, index, dtype, stored, site)

        return guarded
    locate = address.linear(b, buffer, indices)

    def store(a: Any) -> None:
        stored = value(a)
        mem, index = locate(a)
        put(a, mem, index, dtype, stored, site)

    return store


def put(a: Any, mem: Any, index: Any, dtype: Any, value: Any, site: int) -> None:
    """Write a value where the mask allows, with one address per lane that writes."""
    value = dtypes.cast(value, dtype)
    if isinstance(index, np.ndarray) or isinstance(value, np.ndarray) or a.mask is not None:
        index, value = _spread(a, index, value)
        if a.mask is not None:
            _put_masked(a, mem, index, dtype, value, site)
            return
    view = mem.view(dtype)
    if a.watch is not None:
        a.watch.write(a, mem, index, dtype.itemsize, site, lambda *_: bool(np.all(view[index] == value)))
    if mem.in_flight:
        a.m.touch_in_flight(a, mem, index, dtype.itemsize, site)
    view[index] = value
    if a.watch is not None and mem.rows == 1 and isinstance(value, np.ndarray) and isinstance(index, np.ndarray):
        a.watch.same_statement(a, mem, index, view, value, site)


def _spread(a: Any, index: Any, value: Any) -> tuple[Any, Any]:
    """Give index and value one shape; a value that differs along an axis the index lacks means several writers."""
    index = np.asarray(index)
    if not isinstance(value, np.ndarray):
        return index.reshape((1,) * axes.RANK) if index.ndim == 0 else index, value
    if index.shape == value.shape:
        return index, value
    if index.ndim == 0:
        index = index.reshape((1,) * axes.RANK)
    shape = np.broadcast_shapes(index.shape, value.shape)
    return np.broadcast_to(index, shape), np.broadcast_to(value, shape)


def _put_masked(a: Any, mem: Any, index: Any, dtype: Any, value: Any, site: int) -> None:
    shape = np.broadcast_shapes(np.shape(index), np.shape(a.mask))
    keep = np.broadcast_to(a.mask, shape)
    if not keep.any():
        return
    index = np.broadcast_to(index, shape)
    chosen = index[keep]
    picked = np.broadcast_to(value, shape)[keep] if isinstance(value, np.ndarray) else value
    view = mem.view(dtype)
    if a.watch is not None:
        a.watch.write(a, mem, index, dtype.itemsize, site, lambda *_: bool(np.all(view[chosen] == picked)))
    if mem.in_flight:
        a.m.touch_in_flight(a, mem, index, dtype.itemsize, site)
    view[chosen] = picked
    if a.watch is not None and mem.rows == 1 and isinstance(picked, np.ndarray):
        a.watch.same_statement(a, mem, chosen, view, picked, site)
