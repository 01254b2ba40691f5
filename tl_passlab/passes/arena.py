"""The arena map of shared memory: where each buffer lies, when it is in use, and which ones share bytes.

Read from the text after MergeSharedMemoryAllocations (offsets, uses) and before it (sizes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

_OFFSET = re.compile(
    r'(\w+): T\.handle\("(\w+)", "shared[\w.]*"\) = T\.handle_add_byte_offset\(\w+(?:\.data)?, (\d+)\)'
)
_ALLOCATED = re.compile(r'(\w+) = T\.alloc_buffer\(\((\d+),\)(?:, "(\w+)")?[^\n]*scope="shared(?:\.dyn)?"')
# A line that names a buffer and does not touch it: its place, a view of it, an alignment that is asked for.
_SAYS_NO_USE = re.compile(r"T\.(?:handle_add_byte_offset|decl_buffer|func_attr)\(")
_ALIAS = re.compile(r"(\w+) = T\.decl_buffer\([^\n]*data=(\w+)(?:\.data)?[,)]")


@dataclass(frozen=True)
class Slot:
    """A buffer in the arena: its bytes, and the first and last line of the IR that use it (0 and 0: none does)."""

    name: str
    offset: int
    size: int
    first: int
    last: int

    @property
    def end(self) -> int:
        """The byte after its last."""
        return self.offset + self.size

    def shares_bytes(self, other: Slot) -> bool:
        """Whether the two lie over each other."""
        return self.offset < other.end and other.offset < self.end

    def lives_with(self, other: Slot) -> bool:
        """Whether a use of one stands between uses of the other."""
        return bool(self.first and other.first) and self.first <= other.last and other.first <= self.last


def arena(before: str, after: str) -> list[Slot]:
    """The merged buffers by offset. A buffer whose size is not known before launch is left out."""
    sizes = {name: int(count) * _bytes(dtype or "float32") for name, count, dtype in _ALLOCATED.findall(before)}
    slots = []
    for name, _, offset in _OFFSET.findall(after):
        if name in sizes:
            slots.append(Slot(name, int(offset), sizes[name], *_uses(after, name)))
    return sorted(slots, key=lambda slot: (slot.offset, slot.name))


def _bytes(dtype: str) -> int:
    found = re.match(r"[a-z]+(\d+)", dtype)
    return max(int(found[1]) // 8, 1) if found else 1


def _uses(text: str, name: str) -> tuple[int, int]:
    """The first and the last line that use a buffer, under its own name or one declared over it."""
    names = {name, *(alias for alias, data in _ALIAS.findall(text) if data == name)}
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    lines = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line) and not _SAYS_NO_USE.search(line)
    ]
    return (lines[0], lines[-1]) if lines else (0, 0)


def overlaps(slots: list[Slot]) -> list[tuple[Slot, Slot]]:
    """The pairs that share bytes."""
    return [(a, b) for a, b in combinations(slots, 2) if a.shares_bytes(b)]


def unsafe(slots: list[Slot]) -> list[str]:
    """The pairs that share bytes while both are in use."""
    return [
        f"{a.name} (bytes {a.offset}..{a.end - 1}, lines {a.first}..{a.last}) and "
        f"{b.name} (bytes {b.offset}..{b.end - 1}, lines {b.first}..{b.last})"
        for a, b in overlaps(slots)
        if a.lives_with(b)
    ]


def describe(slots: list[Slot]) -> list[str]:
    """A line for each buffer, and for each pair that shares bytes why that is safe, or that it is not."""
    width = max((len(slot.name) for slot in slots), default=0)
    lines = [
        f"{slot.offset:>7} ..{slot.end - 1:>7}  {slot.name:<{width}}  {slot.size:,} bytes, "
        f"used in lines {slot.first} to {slot.last}"
        for slot in slots
    ]
    for a, b in overlaps(slots):
        early, late = (a, b) if a.first <= b.first else (b, a)
        why = (
            "NOT SAFE: both are in use at once"
            if a.lives_with(b)
            else f"safe: {early.name} is last used in line {early.last}, {late.name} first in line {late.first}"
        )
        lines.append(f"{a.name} and {b.name} share bytes {max(a.offset, b.offset)}..{min(a.end, b.end) - 1}; {why}")
    return lines
