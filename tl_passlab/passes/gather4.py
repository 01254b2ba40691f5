"""gather4 and scatter4: four rows of a matrix, anywhere, by one TMA instruction; a case within LowerTileOp.

It is no pass of its own: `T.tma_gather4` is a `tl.tileop.copy` with annotations, and LowerTileOp lowers it beside every
other copy. So `LowerTileOp` has these checks, and answers to the names `gather4` and `scatter4`. The caller announces
the
bytes, elects the thread and waits; the pass adds none of that. Where the swizzle of the tile goes is seen only here:
it is an argument of the descriptor, and the device source is the same with and without it.

What it does: the copy becomes `tma_load_gather4` (or `tma_store_scatter4`) over a descriptor whose box is one row
wide as the tile, with the column and the four rows as arguments.

Example input:
    T.copy(T.region(A[0, 0], 1, 4, 64), T.region(tile[0, 0], 2, 4, 64), is_gather4=T.bool(True),
           gather4_rows=[rows[0], rows[1], rows[2], rows[3]], gather4_col=0, barrier=done[0], eviction_policy=0)
Example output:
    T.tma_load_gather4(T.create_tma_descriptor(6, 2, A.data, 64, 128, 2, 128, 64, 1, 1, 1, 0, 0, 2, 0), done[0],
                       T.tvm_access_ptr(..., tile.data, 0, 256, 2), 0, rows[0], rows[1], rows[2], rows[3], 0)

Invariants after: one instruction for each gather and scatter, with its rows in its order; the descriptor's box is one
row of the tile; a load fills the whole tile and the bytes announced before it are those of the tile.
"""

from __future__ import annotations

import re

_MARKED = re.compile(r"T\.copy\((.*)is_(gather4|scatter4)=T\.bool\(True\), gather4_rows=\[(.*)\], gather4_col=")
_LOWERED = re.compile(
    r"T\.tma_(?:load_(gather4)|store_(scatter4))\(T\.create_tma_descriptor\((.*?)\), (?:\w+\[[^\]]*\], )?"
    r"T\.tvm_access_ptr\([^)]*\), \w+(?:\.data)?, [^,]+, (\d+), \d\), (.*)\)$",
    re.MULTILINE,
)


def one_instruction_each(before: str, after: str) -> list[str]:
    """Violations of: one instruction for each gather and scatter, with its rows in its order."""
    wanted = [(kind, rows) for _, kind, rows in _MARKED.findall(before)]
    found = [(gather or scatter, _rows(rest)) for gather, scatter, _, _, rest in _LOWERED.findall(after)]
    if len(wanted) != len(found):
        return [f"{len(wanted)} gathers and scatters, {len(found)} instructions"]
    pairs = zip(wanted, found, strict=True)
    return [
        f"{kind} of rows {rows} became {got} of rows {order}"
        for (kind, rows), (got, order) in pairs
        if (kind, rows) != (got, order)
    ]


def _rows(rest: str) -> str:
    """The four row arguments: the last argument is the eviction policy, the first the column."""
    return ", ".join(_arguments(rest)[1:5])


def _arguments(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]


def box_is_one_row(before: str, after: str) -> list[str]:
    """Violations of: the descriptor's box is one row, a quarter of what the instruction moves."""
    del before
    found = []
    for gather, scatter, descriptor, extent, _ in _LOWERED.findall(after):
        fields = [re.sub(r"T\.int64\((\d+)\)", r"\1", field) for field in _arguments(descriptor)]
        # type, rank, address, shape (2), strides (2), box (2), ...
        columns, rows = fields[7:9]
        if rows != "1" or int(columns) * 4 != int(extent):
            found.append(f"{gather or scatter} moves {extent} elements with a box of {rows} x {columns}")
    return found


def bytes_are_announced(before: str, after: str) -> list[str]:
    """Violations of: as many bytes are announced to a gather's barrier before it as its tile has."""
    del before
    found = []
    announced = ""
    for line in after.splitlines():
        told = re.search(
            r"T\.(?:mbarrier_expect_tx|ptx_arrive_barrier_expect_tx)\(.*, (?:T\.int64\()?(\d+)\)?\)$", line
        )
        announced = told[1] if told else announced
        load = re.search(
            r'T\.tma_load_gather4\(.*T\.type_annotation\("[a-z]+(\d+)\w*"\), \w+(?:\.data)?, [^,]+, (\d+), 2\)', line
        )
        if load and announced and int(announced) != int(load[1]) * int(load[2]) // 8:
            found.append(f"{announced} bytes announced, the tile has {int(load[1]) * int(load[2]) // 8}")
    return found
