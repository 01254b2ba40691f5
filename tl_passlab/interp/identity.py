"""Whether two kernels are the same to the interpreter: their structure, without names and what has no effect."""

from __future__ import annotations

from typing import Any


def identity(kernel: Any) -> int | None:
    """The structural hash of a kernel's statement; attributes and calls that mean nothing here do not count.

    None where the lane cannot hash it: 0.1.11 has no hash of the annotation of a reducer.
    """
    import tvm
    from tvm.tirx import stmt_functor

    bare = stmt_functor.ir_transform(kernel, _unchanged, _without_effect, ["tirx.AttrStmt", "tirx.Evaluate"])
    try:
        return int(tvm.ir.structural_hash(bare, map_free_vars=True))
    except TypeError:
        return None


def _unchanged(node: Any) -> None:
    return None


def _without_effect(node: Any) -> Any:
    import tvm

    from tl_passlab.interp.attributes import ignored_attribute
    from tl_passlab.interp.ops import lookup, math

    if type(node).__name__ == "AttrStmt":
        return node.body if ignored_attribute(str(node.attr_key)) else None
    if type(node.value).__name__ == "Call" and lookup.name_of(node.value) in math.NO_EFFECT:
        return tvm.tirx.Evaluate(0)
    return None
