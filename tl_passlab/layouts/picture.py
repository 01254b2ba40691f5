"""A layout as a grid of labelled, coloured cells: banks for shared memory, owner threads for fragments."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from dataclasses import dataclass

from tl_passlab.layouts.banks import BANK_BITS, BANKS, bank_of, column_conflicts, row_conflicts
from tl_passlab.layouts.index_map import IndexMap

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Cell:
    """What a cell shows: its label, and the number that chooses its colour out of `Picture.colours`."""

    label: str
    value: int


Rows = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Picture:
    """Rows of cells with what heads them; `step` is how many elements one cell stands for along a row."""

    title: str
    legend: str
    rows: Rows
    row_names: tuple[str, ...]
    step: int
    colours: int

    def colour(self, cell: Cell) -> Colour:
        """Its colour: evenly spread hues, so that equal values and only they look alike."""
        red, green, blue = colorsys.hsv_to_rgb(cell.value % self.colours / self.colours, 0.35, 0.98)
        return round(red * 255), round(green * 255), round(blue * 255)


def shared_picture(name: str, layout: IndexMap, dtype: str, bits: int) -> Picture:
    """The bank of each 32-bit word of a shared buffer, and what reading a row or a column of it costs."""
    step = max(BANK_BITS // bits, 1)
    offsets = layout.offsets()

    def cell(index: tuple[int, ...]) -> Cell:
        bank = bank_of(offsets[index], bits)
        return Cell(str(bank), bank)

    rows, names = _grid(layout, step, cell)
    row, column = row_conflicts(layout, bits), column_conflicts(layout, bits)
    legend = (
        f"bank of each 32-bit word; a warp reading a row: {_ways(row)}; "
        f"8 rows of 16 bytes at one column (ldmatrix): {_ways(column)}"
    )
    size = max(offsets.values()) + 1
    title = f"{name}  {dtype} {layout.shape}  shared, {size * bits // 8:,} bytes"
    return Picture(title, legend, rows, names, step, BANKS)


def _ways(conflicts: int) -> str:
    return "no conflict" if conflicts == 1 else f"{conflicts}-way conflict"


def fragment_picture(name: str, layout: IndexMap, dtype: str) -> Picture:
    """The thread that owns each element of a fragment, and in which of its registers."""

    def cell(index: tuple[int, ...]) -> Cell:
        owners = layout.owners(index)
        register = ".".join(map(str, layout.place(index)))
        more = "+" if len(owners) > 1 else ""
        return Cell(f"{owners[0]}{more}:{register}", owners[0] - layout.threads[0])

    rows, names = _grid(layout, 1, cell)
    copies = f"; every element in {layout.replicate} threads, the first is shown" if layout.replicate > 1 else ""
    threads = layout.threads[1] - layout.threads[0]
    legend = f"owner thread:register; threads {layout.threads[0]} to {layout.threads[1] - 1}{copies}"
    return Picture(f"{name}  {dtype} {layout.shape}  fragment", legend, rows, names, 1, max(threads, 1))


def _grid(layout: IndexMap, step: int, cell: Callable[[tuple[int, ...]], Cell]) -> tuple[Rows, tuple[str, ...]]:
    """Cells by row of the last dimension; the name of a row is the index before it."""
    rows: dict[tuple[int, ...], list[Cell]] = {}
    for index in layout.indices():
        if index[-1] % step == 0:
            rows.setdefault(index[:-1], []).append(cell(index))
    names = tuple(",".join(map(str, head)) or "-" for head in rows)
    return tuple(tuple(row) for row in rows.values()), names
