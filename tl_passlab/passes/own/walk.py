"""Walks TIR node by node, an object as often as it stands in the program.

TVM's own `post_order_visit` shows each object once, and passes share objects between copies of a statement: counting
with it undercounts. Children are found by reflection, so a node kind that a lane adds is walked like the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tvm

# What a node mentions but does not execute.
_NOT_CHILDREN = frozenset({"span", "annotations", "buffer", "var", "loop_var", "reads", "writes", "dtype", "op"})
_NODES = (tvm.tirx.Stmt, tvm.ir.PrimExpr)


_FIELDS: dict[type, tuple[str, ...]] = {}


def _child_fields(kind: type) -> tuple[str, ...]:
    if kind in _FIELDS:
        return _FIELDS[kind]
    names: list[str] = []
    info = getattr(kind, "__tvm_ffi_type_info__", None)
    while info is not None:
        names += [field.name for field in info.fields]
        info = info.parent_type_info
    _FIELDS[kind] = tuple(name for name in names if name not in _NOT_CHILDREN)
    return _FIELDS[kind]


def nodes(root: Any) -> Iterator[Any]:
    """Every statement and expression below and including the root, in program order."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(list(_children(node)))


def _children(node: Any) -> Iterator[Any]:
    for name in _child_fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, _NODES):
            yield value
        elif type(value).__name__ == "Array":
            yield from (item for item in value if isinstance(item, _NODES))


def bodies(mod: Any) -> list[Any]:
    """The body of every TIR function of a module."""
    return [func.body for func in mod.functions.values() if hasattr(func, "body")]
