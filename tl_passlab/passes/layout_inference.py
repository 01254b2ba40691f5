"""LayoutInference: gives every shared buffer and fragment a layout, and every parallel loop a mapping to threads.

What it does: propagates layouts from the operators that demand one (gemm, copy, reduce) through the buffers they share;
shared buffers get a swizzle, fragments an owner thread and register for each element, `T.Parallel` loops a partition.

Example input:
    C_local = T.sblock_alloc_buffer((64, 64), scope="local.fragment")
Example output:
    T.sblock_attr({"layout_map": {C_local: Fragment((64, 64) -> (32,): (_i, _j) = (...,); thread = ...)}})

Invariants after: every buffer in scope local.fragment has a layout; a layout's input shape is its buffer's shape; a
versioned buffer's layout keeps the version as its outermost dimension.
"""

from __future__ import annotations

import re

from tl_passlab.passes.spec import PassSpec


def remark(before: str, after: str) -> str:
    """`A_shared (3, 64, 32) -> (3, 1, 8, 256); C_local fragment (64, 64) -> (32,)`: each buffer's layout, once."""
    seen = set(_layouts(before))
    return "; ".join(text for text in _layouts(after) if text not in seen)


def _layouts(text: str) -> list[str]:
    found = re.findall(r"(\w+): (Layout|Fragment)\((\([^)]*\) -> \([^)]*\))", text)
    described = (f"{name} {'fragment ' if kind == 'Fragment' else ''}{shape}" for name, kind, shape in found)
    return list(dict.fromkeys(described))


SPEC = PassSpec(
    name="LayoutInference",
    summary="infer the layout of every shared buffer, fragment and parallel loop",
    requires=("tirx.BindTarget", "MaterializeKernelLaunch", "InjectSoftwarePipeline", "Simplify"),
    invariants=(
        "every local.fragment buffer has a layout",
        "a layout's input shape is its buffer's shape",
        "a versioned buffer keeps the version as outermost dimension",
    ),
    remark=remark,
)
