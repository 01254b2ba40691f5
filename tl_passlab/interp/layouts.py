"""Layouts of global buffers: after LowerTileOp the elements of an annotated parameter lie permuted in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tl_passlab.interp.build import Build
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.expr import expr
from tl_passlab.interp.program import LANES, Level


def permutations(module: Any, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """For each parameter with a layout: where in memory each of its elements lies, as flat indices."""
    found: dict[str, Any] = {}
    for func in module.functions.values():
        names = {hash(b.data): str(b.name) for b in func.buffer_map.values()}
        for var, layout in _layout_entries(func.body):
            name = names.get(hash(getattr(var, "data", var)))
            if name is not None and name not in found:
                found[name] = _places(layout, shapes[name])
    return {name: places for name, places in found.items() if not (places == np.arange(places.size)).all()}


def _layout_entries(body: Any) -> list[tuple[Any, Any]]:
    from tvm.tirx import stmt_functor

    entries: list[tuple[Any, Any]] = []

    def visit(node: Any) -> None:
        if type(node).__name__ == "SBlock" and "layout_map" in node.annotations:
            entries.extend(node.annotations["layout_map"].items())

    stmt_functor.post_order_visit(body, visit)
    return entries


class _Lanes:
    """What compiled index expressions need of an agent."""

    def __init__(self, env: list[Any]) -> None:
        self.env = env
        self.cache: dict[int, Any] = {}
        self.mask = None


def _places(layout: Any, shape: tuple[int, ...]) -> Any:
    """Evaluate a layout's index map at every element of a shape."""
    b = Build(Level(False, False, False, False), expr)
    slots = [b.bind(getattr(v, "var", v), LANES) for v in layout.get_forward_vars()]
    codes = [b.expr(e) for e in layout.get_forward_index()]
    env: list[Any] = [None] * len(b.slots)
    for slot, values in zip(slots, np.indices(shape).reshape(len(shape), -1), strict=True):
        env[slot] = values
    agent = _Lanes(env)
    agent.cache = dict.fromkeys(range(b.caches))
    extents = [int(e) for e in layout.get_output_shape()]
    flat: Any = 0
    for code, extent in zip(codes, extents, strict=True):
        flat = flat * extent + code.run(agent)
    return np.broadcast_to(flat, (int(np.prod(shape)),))


def placed(arrays: Mapping[str, Any], places: Mapping[str, Any]) -> dict[str, Any]:
    """The arrays with the elements of permuted ones where the layout wants them."""
    result = dict(arrays)
    for name, where in places.items():
        if int(where.max()) >= arrays[name].size:
            raise Unsupported(f"layout of {name} that needs more memory than the parameter has")
        moved = np.empty(arrays[name].size, dtype=arrays[name].dtype)
        moved[where] = arrays[name].reshape(-1)
        result[name] = moved.reshape(arrays[name].shape)
    return result


def restored(arrays: Mapping[str, Any], places: Mapping[str, Any]) -> dict[str, Any]:
    """The arrays with the elements of permuted ones back in their logical order."""
    return {
        name: array.reshape(-1)[places[name]].reshape(array.shape) if name in places else array
        for name, array in arrays.items()
    }
