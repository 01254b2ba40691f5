"""The contract others build on: `diff_text`, its hunks, `render_hunks`."""

from __future__ import annotations

import pytest

from tl_passlab.diff import CLASSES, diff_text, render_hunks
from tl_passlab.errors import UsageError

KERNEL = """\
@T.prim_func
def main(A: T.Buffer((64,), "float32"), B: T.Buffer((64,), "float32")):
    tx = T.launch_thread("threadIdx.x", 64)
    s = T.alloc_buffer((64,), scope="shared")
    for k in range(4):
        s[tx] = A[tx] + 1.0
        T.tvm_storage_sync("shared")
        if tx < 32:
            B[tx] = s[63 - tx] * 2.0
"""


def test_diff_of_a_text_with_itself_is_identical() -> None:
    diff = diff_text(KERNEL, KERNEL)
    assert diff.identical and diff.equal and diff.language == "tir" and dict(diff.counts) == {}


def test_a_removed_barrier_is_one_synchronisation_hunk_with_its_place() -> None:
    diff = diff_text(KERNEL, KERNEL.replace('        T.tvm_storage_sync("shared")\n', ""))
    (hunk,) = diff.hunks
    assert hunk.kind == "synchronisation" and not hunk.cosmetic and not diff.equal
    assert hunk.breadcrumbs == ("main", "for k in 0..4")
    assert hunk.before == ('        T.tvm_storage_sync("shared")',) and hunk.after == ()
    assert (hunk.before_line, hunk.after_line) == (7, 6)


def test_a_consistent_rename_is_cosmetic() -> None:
    renamed = KERNEL.replace("k in", "ko in").replace("s[", "shared_0[").replace("s = ", "shared_0 = ")
    diff = diff_text(KERNEL, renamed)
    assert diff.equal and dict(diff.counts) == {"renamed": 2}


def test_an_unknown_language_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="unknown language"):
        diff_text("a", "b", "cobol")


def test_render_hunks_shows_class_reason_place_and_both_sides() -> None:
    diff = diff_text(KERNEL, KERNEL.replace("tx < 32", "tx < 16"))
    shown = render_hunks(diff, 100, False)
    assert "predicate: 32 -> 16" in shown and "main > for k in 0..4" in shown
    assert "   - if tx < 32:" in shown and "   + if tx < 16:" in shown
    assert "\x1b" not in shown and "\x1b" in render_hunks(diff, 100, True)


def test_every_class_of_a_hunk_is_a_documented_one() -> None:
    diff = diff_text(KERNEL, KERNEL.replace("k in range(4)", "k in range(8)").replace("63 - tx", "tx"))
    assert {kind for hunk in diff.hunks for kind in hunk.kinds} <= set(CLASSES)
