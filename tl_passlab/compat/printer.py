"""Prints an IRModule with every layout written out.

`mod.script()` shows `metadata["tl.Layout"][0]` where a layout stands, hiding the very thing LayoutInference and
multi-version expansion decide. `script(show_meta=True)` carries the objects as JSON; they are loaded back and printed
in place, so a layout is seen where it is used.
"""

from __future__ import annotations

import ast
import functools
import re
from typing import Any

import tvm

_BLOB = re.compile(r'\Ametadata = tvm\.ir\.load_json\((""".*?""")\)\n', re.DOTALL)
REPLICA = "_rep"
_REFERENCE = re.compile(r'metadata\["([\w.]+)"\]\[(\d+)\]')


def print_module(mod: tvm.IRModule) -> str:
    """The TVMScript text of a module, layouts and fragments in full."""
    try:
        text = mod.script(show_meta=True)
    except TypeError:
        # An object without a JSON form (the reducer info of lanes before 0.1.14): layouts stay references.
        return str(mod.script())
    blob = _BLOB.match(text)
    if blob is None:
        return str(text)
    written = _written_out(ast.literal_eval(blob.group(1)))
    return _REFERENCE.sub(lambda m: written.get((m.group(1), int(m.group(2))), m.group()), text[blob.end() :])


@functools.lru_cache(maxsize=64)
def _written_out(json: str) -> dict[tuple[str, int], str]:
    """Metadata key and index -> the object's text. Objects without a readable form keep their reference."""
    printers = {"tl.Layout": _layout, "tl.Fragment": _fragment}
    written: dict[tuple[str, int], str] = {}
    for kind, nodes in tvm.ir.load_json(json).items():
        for index, node in enumerate(nodes):
            text = printers.get(str(kind), str)(node)
            # An object that prints as its address, or over several lines, says nothing in place: the reference stays.
            if "0x" not in text and "\n" not in text:
                written[str(kind), index] = text
    return written


def _layout(layout: Any) -> str:
    forward = _tuple(layout.get_forward_index())
    return f"Layout({_map(layout, layout.get_forward_index())} = {forward})"


def _fragment(fragment: Any) -> str:
    """A fragment: register index per logical index, the thread that owns it, and how often it is replicated."""
    index = fragment.get_forward_index()
    parts = [f"{_map(fragment, index)} = {_tuple(index)}", f"thread = {fragment.thread}"]
    threads = fragment.thread_range
    if threads is not None:
        parts.append(f"threads = {threads.min}..{threads.min + threads.extent}")
    parts.append(f"replicate = {fragment.replicate_size}")
    return f"Fragment({'; '.join(parts)})"


def _map(layout: Any, index: Any) -> str:
    """`(3, 64, 32) -> (3, 8, 256): (_i, _j, _k)`: input shape, output shape, the index variables.

    The output shape is the range of each output index plus one. Upstream derives it from its own placeholder
    variables, which come back from JSON as new objects of the same names: ranges are bound by name.
    """
    shape = list(layout.get_input_shape())
    names = [str(getattr(var, "var", var)) for var in layout.get_forward_vars()]
    # A replicated fragment has one more variable, the number of the copy; it is no index of the buffer.
    indices = [name for name in names if name != REPLICA]
    ranges = dict(zip(indices, shape, strict=True))
    out = [_extent(expr, ranges) for expr in index]
    return f"{_tuple(shape)} -> {_tuple(out)}: {_tuple(indices)}"


def _extent(expr: Any, ranges: dict[str, Any]) -> str:
    analyzer = tvm.arith.Analyzer()

    def bind(node: Any) -> None:
        if isinstance(node, tvm.tirx.Var) and node.name in ranges:
            analyzer.bind(node, tvm.ir.Range(0, ranges[node.name]), allow_override=True)

    tvm.tirx.stmt_functor.post_order_visit(expr, bind)
    bound = analyzer.const_int_bound(expr)
    # A bound of 2^31 and more is no extent: the shape is dynamic.
    return str(bound.max_value + 1) if abs(bound.max_value) < 2**31 - 1 else "?"


def _tuple(items: Any) -> str:
    parts = [str(item) for item in items]
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
