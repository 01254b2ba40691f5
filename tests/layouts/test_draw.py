"""Pictures of layouts: banks and owners are right, and each form holds the same picture."""

from __future__ import annotations

import re
import struct
import xml.dom.minidom
import zlib

from tl_passlab.layouts.banks import column_conflicts, row_conflicts
from tl_passlab.layouts.draw import as_png, as_svg, as_text
from tl_passlab.layouts.find import row_by_row
from tl_passlab.layouts.index_map import IndexMap
from tl_passlab.layouts.picture import fragment_picture, shared_picture
from tl_passlab.report.text import Style

LINEAR = row_by_row((64, 64))
PADDED = IndexMap((64, 64), ("_i", "_j"), ("_i * 72 + _j",))
SWIZZLED = IndexMap((64, 64), ("_i", "_j"), ("_i", "(_j // 8 + _i) % 8 * 8 + _j % 8"))
FRAGMENT = IndexMap((16, 8), ("_i", "_j"), ("_i // 8 * 2 + _j % 2",), "_i % 8 * 4 + _j // 2", (0, 32))


def test_rows_never_conflict_and_columns_do_without_padding_or_swizzle() -> None:
    assert [row_conflicts(layout, 16) for layout in (LINEAR, PADDED, SWIZZLED)] == [1, 1, 1]
    assert [column_conflicts(layout, 16) for layout in (LINEAR, PADDED, SWIZZLED)] == [8, 1, 1]


def test_a_shared_picture_has_a_cell_for_each_word() -> None:
    picture = shared_picture("A_shared", PADDED, "float16", 16)
    assert (len(picture.rows), len(picture.rows[0]), picture.step) == (64, 32, 2)
    assert [cell.value for cell in picture.rows[1][:3]] == [4, 5, 6]
    assert "8 rows of 16 bytes at one column (ldmatrix): no conflict" in picture.legend
    assert "8-way conflict" in shared_picture("A_shared", LINEAR, "float16", 16).legend


def test_a_fragment_picture_names_owner_and_register() -> None:
    picture = fragment_picture("C_local", FRAGMENT, "float32")
    assert [cell.label for cell in picture.rows[8][:3]] == ["0:2", "0:3", "1:2"]
    assert picture.colour(picture.rows[0][0]) == picture.colour(picture.rows[8][1])
    assert picture.colour(picture.rows[0][0]) != picture.colour(picture.rows[0][2])


def test_text_is_plain_without_colour_and_says_what_it_left_out() -> None:
    text = as_text(shared_picture("A_shared", LINEAR, "float16", 16), Style(), 4)
    assert "\x1b" not in text
    assert text.splitlines()[-1] == "... 60 more rows (--rows 64 shows all)"
    assert "\x1b[48;2;" in as_text(fragment_picture("C", FRAGMENT, "float32"), Style(80, True), 4)


def test_svg_is_well_formed_and_escapes_names() -> None:
    svg = as_svg(shared_picture("<A&B>", LINEAR, "float16", 16))
    document = xml.dom.minidom.parseString(svg)
    assert len(document.getElementsByTagName("rect")) == 64 * 32
    assert "<A&B>" not in svg


def test_png_decodes_to_the_pictures_colours() -> None:
    picture = fragment_picture("C_local", FRAGMENT, "float32")
    png = as_png(picture)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == (8 * 8, 16 * 8)
    found = re.search(rb"IDAT(.*)....\x00\x00\x00\x00IEND", png, re.DOTALL)
    assert found is not None
    pixels = zlib.decompress(found[1])
    assert tuple(pixels[1:4]) == picture.colour(picture.rows[0][0])
