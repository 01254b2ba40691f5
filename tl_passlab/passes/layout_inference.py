"""LayoutInference: gives every shared buffer and fragment a layout, and every parallel loop a mapping to threads.

What it does: propagates layouts from the operators that demand one (gemm, copy, reduce) through the buffers they share;
shared buffers get a swizzle, fragments an owner thread and register for each element, `T.Parallel` loops a partition.

Example input:
    C_local = T.sblock_alloc_buffer((64, 64), scope="local.fragment")
Example output:
    T.sblock_attr({"layout_map": {C_local: Fragment((64, 64) -> (32,): (_i, _j) = (...,); thread = ...)}})

Invariants after: every fragment, and every shared buffer that a matrix product reads, has a layout (simdgroup loads of
Metal read rows as they are); a layout's input shape is its buffer's shape; what the user annotated stays; the threads
of a fragment are threads of the block.
"""

from __future__ import annotations

import functools
import math
import re

from tl_passlab.layouts.find import declared_in, layouts_in, of_another_shape
from tl_passlab.layouts.index_map import IndexMap
from tl_passlab.passes.spec import PassSpec
from tl_passlab.passes.unrolled import own_names

_GEMM = re.compile(r"T\.gemm\w*\((.*)\)$", re.MULTILINE)
_READ = re.compile(r"T\.region\((\w+)\[[^\n]*?\], 1,")
# A layout that the printer could not write out: it is there.
_REFERENCE = re.compile(r'(\w+)(?:\.data)?: metadata\["tl\.(?:Layout|Fragment)"\]')
_LAUNCH = re.compile(r'T\.launch_thread\("threadIdx\.\w", (\d+)\)')


def remark(before: str, after: str) -> str:
    """`A_shared (3, 64, 32) -> (3, 1, 8, 256); C_local fragment (64, 64) -> (32,)`: each buffer's layout, once."""
    seen = set(_layouts(before))
    return "; ".join(text for text in _layouts(after) if text not in seen)


def _layouts(text: str) -> list[str]:
    found = re.findall(r"(\w+): (Layout|Fragment)\((\([^)]*\) -> \([^)]*\))", text)
    described = (f"{name} {'fragment ' if kind == 'Fragment' else ''}{shape}" for name, kind, shape in found)
    return list(dict.fromkeys(described))


def fragments_have_layouts(before: str, after: str) -> list[str]:
    """Violations of: every fragment has a layout."""
    del before
    have, names = {*_own_layouts(after), *_REFERENCE.findall(after)}, own_names(after)
    fragments = [name for name, buffer in declared_in(after).items() if buffer.scope == "local.fragment"]
    return [f"{name} has none" for name in fragments if names.get(name, name) not in have]


def operands_have_layouts(before: str, after: str) -> list[str]:
    """Violations of: every shared buffer that a matrix product reads has a layout."""
    del before
    if '"kind": "metal"' in after:
        return []
    have, names = {*_own_layouts(after), *_REFERENCE.findall(after)}, own_names(after)
    operands = dict.fromkeys(name for call in _GEMM.findall(after) for name in _READ.findall(call))
    declared = declared_in(after)
    return [
        f"{name} has none"
        for name in operands
        if name in declared and declared[name].scope.startswith("shared") and names.get(name, name) not in have
    ]


def shapes_agree(before: str, after: str) -> list[str]:
    """Violations of: a layout's input shape is its buffer's shape."""
    del before
    return of_another_shape(after)


def annotated_layouts_stay(before: str, after: str) -> list[str]:
    """Violations of: a layout that was there before is the same after."""
    have = _own_layouts(after)
    return [
        f"{name} was {layout}, is {have.get(name, 'gone')}"
        for name, layout in _own_layouts(before).items()
        if str(have.get(name)) != str(layout)
    ]


def threads_are_of_the_block(before: str, after: str) -> list[str]:
    """Violations of: the threads that own a fragment are threads of the block."""
    del before
    count = math.prod(map(int, _LAUNCH.findall(after)))
    return [
        f"{name} belongs to threads {layout.threads[0]}..{layout.threads[1]} of {count}"
        for name, layout in _own_layouts(after).items()
        if layout.is_fragment and not 0 <= layout.threads[0] < layout.threads[1] <= count
    ]


@functools.lru_cache(maxsize=4)
def _own_layouts(text: str) -> dict[str, IndexMap]:
    """The layouts by the name of the buffer's variable: printed twice, a buffer has an ordinal."""
    names = own_names(text)
    return {names.get(name, name): layout for name, layout in layouts_in(text).items()}


CHECKS = {
    "every fragment has a layout": fragments_have_layouts,
    "every shared operand of a matrix product has a layout": operands_have_layouts,
    "a layout's input shape is its buffer's shape": shapes_agree,
    "annotated layouts stay": annotated_layouts_stay,
    "a fragment's threads are threads of the block": threads_are_of_the_block,
}

SPEC = PassSpec(
    name="LayoutInference",
    summary="infer the layout of every shared buffer, fragment and parallel loop",
    requires=("tirx.BindTarget", "MaterializeKernelLaunch", "InjectSoftwarePipeline", "Simplify"),
    invariants=tuple(CHECKS),
    remark=remark,
    checks=CHECKS,
)
