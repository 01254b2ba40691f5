"""Finds the layouts and the declarations of buffers in the text of an IR."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from tl_passlab.errors import UsageError
from tl_passlab.layouts.expand import not_expanded
from tl_passlab.layouts.index_map import IndexMap, parse_layout

_BITS = re.compile(r"[a-z]+(\d+)")


@dataclass(frozen=True)
class Declared:
    """A buffer as its block declares it."""

    name: str
    shape: tuple[str, ...]
    dtype: str
    scope: str

    @property
    def bits(self) -> int:
        """Bits of one element."""
        found = _BITS.match(self.dtype)
        return int(found[1]) if found else 32


def layouts_in(text: str) -> dict[str, IndexMap]:
    """Buffer name -> its layout, of every layout_map in an IR text; the last block that says something of it decides.

    Layouts of dynamic shape are left out.
    """
    found: dict[str, IndexMap] = {}
    for entry in re.finditer(r"(\w+)(?:\.data)?: (?=(?:Layout|Fragment)\()", text):
        start = text[entry.end() :].partition("\n")[0]
        try:
            found[entry[1]] = parse_layout(start)
        except UsageError:
            continue
    # A layout_map that is printed before its buffer names the buffer's variable; the buffer then has another name.
    for name, variable in re.findall(r"(\w+) = T\.(?:sblock_)?alloc_buffer\([^\n]*?\bdata=(\w+)", text):
        if variable in found:
            found.setdefault(name, found[variable])
    return found


def declared_in(text: str) -> dict[str, Declared]:
    """Buffer name -> declaration, of every buffer that a block allocates."""
    pattern = r'(\w+) = T\.(?:sblock_alloc_buffer|alloc_buffer)\(\(([^)]*)\)(?:, "(\w+)")?[^\n]*?scope="([\w.]+)"'
    return {
        name: Declared(
            name, tuple(part.strip() for part in shape.split(",") if part.strip()), dtype or "float32", scope
        )
        for name, shape, dtype, scope in re.findall(pattern, text)
    }


def row_by_row(shape: tuple[int, ...]) -> IndexMap:
    """The layout of a buffer that has none."""
    names = ("_i", "_j", "_k", "_l", "_m", "_n")[: len(shape)]
    return IndexMap(shape, names, names)


def layout_of(text: str, buffer: str, where: str) -> IndexMap:
    """The layout of a buffer in an IR text; row by row for a shared buffer without one. Raises UsageError with the
    names that there are when the buffer is unknown, or a fragment that has no layout yet."""
    found = layouts_in(text)
    if buffer in found:
        return found[buffer]
    declared = declared_in(text).get(buffer)
    if declared is not None and declared.scope.startswith("shared") and all(map(str.isdigit, declared.shape)):
        return row_by_row(tuple(map(int, declared.shape)))
    close = difflib.get_close_matches(buffer, found, n=3, cutoff=0.3) or list(found)
    example = f"--buffer {close[0]}" if close else "--after LayoutInference"
    why = "no buffer of that name has a layout here; these have" if found else "no buffer has a layout here"
    raise UsageError("layout", f"{buffer}  {where}", why, evidence="\n".join(found), next_command=example)


def wrongly_expanded(before: str, after: str) -> list[str]:
    """The buffers whose layout gained dimensions between two IRs and is not the old layout expanded."""
    old = layouts_in(before)
    found = []
    for name, layout in layouts_in(after).items():
        if name in old and len(layout.shape) > len(old[name].shape):
            found += [f"{name}: {why}" for why in not_expanded(old[name], layout)]
    return found


def of_another_shape(text: str) -> list[str]:
    """The buffers whose layout is for a shape that is not the buffer's."""
    declared = declared_in(text)
    found = []
    for name, layout in layouts_in(text).items():
        buffer = declared.get(name)
        if buffer is not None and buffer.shape != tuple(map(str, layout.shape)):
            found.append(f"{name} is ({', '.join(buffer.shape)}), its layout is for {layout.shape}")
    return found
