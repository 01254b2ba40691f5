"""A picture as text, SVG or PNG; the standard library is enough for each of them.

The PNG has the colours and no labels: for labels there is SVG.
"""

from __future__ import annotations

import struct
import zlib
from html import escape

from tl_passlab.layouts.picture import Picture
from tl_passlab.report.text import Style

_CELL_HEIGHT = 18
_PNG_CELL = 8


def as_text(picture: Picture, style: Style, max_rows: int) -> str:
    """A line for each row; coloured on a terminal. Rows past `max_rows` are counted, not shown."""
    shown = picture.rows[:max_rows]
    width = max(len(cell.label) for row in shown for cell in row)
    margin = max(len(name) for name in picture.row_names[: len(shown)])
    columns = " ".join(str(k * picture.step).rjust(width) for k in range(len(shown[0])))
    lines = [style.bold(picture.title), picture.legend, style.dim(f"{'':>{margin}}  {columns}")]
    for name, row in zip(picture.row_names, shown, strict=False):
        cells = " ".join(_coloured(cell.label.rjust(width), picture.colour(cell), style) for cell in row)
        lines.append(f"{name:>{margin}}  {cells}")
    if len(picture.rows) > len(shown):
        lines.append(f"... {len(picture.rows) - len(shown)} more rows (--rows {len(picture.rows)} shows all)")
    return "\n".join(lines)


def _coloured(text: str, colour: tuple[int, int, int], style: Style) -> str:
    red, green, blue = colour
    return f"\x1b[48;2;{red};{green};{blue};38;2;0;0;0m{text}\x1b[0m" if style.colour else text


def as_svg(picture: Picture) -> str:
    """The picture as SVG, every cell labelled."""
    letters = max(len(cell.label) for row in picture.rows for cell in row)
    width = max(7 * letters + 6, 18)
    left = 8 * max(len(name) for name in picture.row_names) + 10
    top = 48
    across, down = left + width * len(picture.rows[0]) + 8, top + _CELL_HEIGHT * len(picture.rows) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" viewBox="0 0 {across} {down}" '
        'font-family="monospace" font-size="11">',
        f'<text x="4" y="16" font-size="13">{escape(picture.title)}</text>',
        f'<text x="4" y="32">{escape(picture.legend)}</text>',
    ]
    for n, (name, row) in enumerate(zip(picture.row_names, picture.rows, strict=True)):
        y = top + n * _CELL_HEIGHT
        parts.append(f'<text x="{left - 6}" y="{y + 13}" text-anchor="end">{escape(name)}</text>')
        for k, cell in enumerate(row):
            x = left + k * width
            red, green, blue = picture.colour(cell)
            parts.append(
                f'<rect x="{x}" y="{y}" width="{width}" height="{_CELL_HEIGHT}" fill="#{red:02x}{green:02x}{blue:02x}" '
                f'stroke="#fff"/><text x="{x + width // 2}" y="{y + 13}" text-anchor="middle">'
                f"{escape(cell.label)}</text>"
            )
    return "\n".join([*parts, "</svg>", ""])


def as_png(picture: Picture) -> bytes:
    """The picture as PNG: a square of colour for each cell."""
    lines = bytearray()
    for row in picture.rows:
        pixels = b"".join(bytes(picture.colour(cell)) * _PNG_CELL for cell in row)
        lines += (b"\0" + pixels) * _PNG_CELL
    size = struct.pack(">IIBBBBB", len(picture.rows[0]) * _PNG_CELL, len(picture.rows) * _PNG_CELL, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(bytes(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
