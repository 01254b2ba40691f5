"""Layouts of versioned buffers: what one must be, given the layout of one version.

A buffer with `num_stages` versions gains a leading dimension. Whoever chose a layout for one version (a user, or
LayoutInference) chose it for each: the versioned buffer's layout is that layout expanded, the stage outermost in memory
too. Upstream's own `Layout.expand` does the same for layouts, but makes a plain layout of a fragment and so forgets
which thread owns an element; ours keeps it.
"""

from __future__ import annotations

import re

from tl_passlab.errors import UsageError
from tl_passlab.layouts.index_map import IndexMap

_NAMES = ("_i", "_j", "_k", "_l", "_m", "_n", "_o", "_p")


def expand_layout(layout: IndexMap, leading_dims: tuple[int, ...]) -> IndexMap:
    """The layout with dimensions put in front, each the identity and outermost in memory. Raises UsageError on an
    extent below 1."""
    if any(extent < 1 for extent in leading_dims):
        raise UsageError("layout", str(leading_dims), "a leading dimension has at least one element")
    count = len(leading_dims)
    names = tuple(_name(k) for k in range(count + len(layout.shape)))
    renamed = dict(zip(layout.names, names[count:], strict=True))
    outputs = tuple(_rename(expression, renamed) for expression in layout.outputs)
    thread = _rename(layout.thread, renamed)
    return IndexMap(
        (*leading_dims, *layout.shape), names, (*names[:count], *outputs), thread, layout.threads, layout.replicate
    )


def _name(position: int) -> str:
    return _NAMES[position] if position < len(_NAMES) else f"_i{position}"


def _rename(expression: str, renamed: dict[str, str]) -> str:
    return re.sub(r"\b_[a-z]\w*\b", lambda found: renamed.get(found[0], found[0]), expression)


def not_expanded(layout: IndexMap, versioned: IndexMap) -> list[str]:
    """Why a versioned buffer's layout is not that layout expanded; empty when it is.

    Both are evaluated at every index: two ways to write one map are one map.
    """
    count = len(versioned.shape) - len(layout.shape)
    if count < 1:
        return [f"no version dimension: shape {versioned.shape}, one version has {layout.shape}"]
    if versioned.shape[count:] != layout.shape:
        return [f"the trailing dimensions are {versioned.shape[count:]}, one version has {layout.shape}"]
    if versioned.is_fragment != layout.is_fragment:
        return ["the elements have owner threads in one of the two only"]
    wanted = expand_layout(layout, versioned.shape[:count])
    return _difference(wanted, versioned)


def _difference(wanted: IndexMap, found: IndexMap) -> list[str]:
    """The first index at which two maps of one shape disagree, as one line."""
    if wanted.is_fragment:
        for index in wanted.indices():
            if wanted.owners(index) != found.owners(index):
                return [f"element {index} belongs to thread {found.owners(index)}, not {wanted.owners(index)}"]
    # Compared as offsets: into how many coordinates a layout splits memory is a matter of writing.
    there = found.offsets()
    for index, offset in wanted.offsets().items():
        if there[index] != offset:
            return [f"element {index} lies at offset {there[index]}, not at {offset}"]
    return []
