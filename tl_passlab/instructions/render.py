"""The table as text for people."""

from __future__ import annotations

from tl_passlab.instructions.rows import Row, Table
from tl_passlab.report.text import Style

_COLUMNS = ("line", "operator", "operands", "becomes", "instructions", "copies")


def render_table(table: Table, style: Style) -> str:
    """A line for each operator, then what the source does not bear out and where upstream says otherwise."""
    cells = [_COLUMNS, *(_cells(row) for row in table.rows)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(_COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    head = f"{table.case}  {table.target}  tilelang {table.lane}   {len(table.rows)} operators"
    out = [style.bold(head), style.dim(lines[0]), *lines[1:]]
    out += [f"{title}:\n" + "\n".join(f"  {item}" for item in items) for title, items in _notes(table) if items]
    if not table.problems:
        out.append("every claim occurs in the generated source, as often as claimed")
    return "\n".join(out)


def _notes(table: Table) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("the generated source does not bear out", table.problems),
        ("upstream says otherwise than it emits", table.disagreements),
    ]


def _cells(row: Row) -> tuple[str, ...]:
    where = str(row.line) if row.line else "-"
    return where, row.operator, row.operands, row.kind, row.instructions, str(row.copies)
