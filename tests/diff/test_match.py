"""Matching: what stayed stays matched when something is put around it, taken away or moved."""

from __future__ import annotations

from tl_passlab.diff import diff_text

BEFORE = """\
@T.prim_func
def f(a: T.handle):
    A = T.match_buffer(a, (64,))
    B = T.alloc_buffer((64,), scope="shared")
    C = T.alloc_buffer((64,), scope="local")
    B[0] = A[0]
    C[0] = B[1] * A[2]
    A[3] = C[0]
"""


def _kinds(after: str) -> dict[str, int]:
    return dict(diff_text(BEFORE, after).counts)


def test_a_loop_put_around_statements_is_one_hunk() -> None:
    after = BEFORE.replace("    B[0] = A[0]\n    C[0]", "    for k in range(4):\n        B[0] = A[0]\n        C[0]")
    diff = diff_text(BEFORE, after)
    assert [h.reason for h in diff.hunks] == ["added: put around 2 statements that stayed"]
    assert diff.hunks[0].after == ("    for k in range(4):",)
    back = diff_text(after, BEFORE)
    assert [h.reason for h in back.hunks] == ["removed: taken from around 2 statements that stayed"]


def test_a_statement_inserted_among_equal_ones_is_one_hunk() -> None:
    assert _kinds(BEFORE.replace("    B[0] = A[0]\n", "    B[0] = A[0]\n    B[0] = A[0]\n")) == {"memory access": 1}


def test_every_difference_is_reported() -> None:
    after = BEFORE.replace("B[1]", "B[2]").replace("C[0]\n", "C[1]\n").replace('"shared"', '"shared.dyn"')
    assert _kinds(after) == {"allocation / scope": 1, "memory access": 2}


def test_an_edit_in_a_renamed_text_is_found_among_the_renames() -> None:
    after = BEFORE.replace("A", "X").replace("B", "Y").replace("C", "Z").replace("Y[1]", "Y[2]")
    assert _kinds(after) == {"memory access": 1, "renamed": 3}


def test_a_hoisted_allocation_does_not_make_its_uses_differ() -> None:
    loop = "    for k in range(2):\n        D = T.alloc_buffer((4,))\n        D[0] = A[k]\n        D[1] = A[k]\n"
    before = BEFORE.replace("    B[0]", loop + "    B[0]")
    after = before.replace("        D = T.alloc_buffer((4,))\n", "")
    after = after.replace("    for k", "    D = T.alloc_buffer((4,))\n    for k")
    diff = diff_text(before, after)
    assert not diff.equal and not any("D[" in line for hunk in diff.hunks for line in hunk.before + hunk.after)


LAYOUTS = """\
@T.prim_func
def f(a: T.handle):
    A = T.alloc_buffer((2, 64, 64), "float16", scope="shared.dyn")
    B = T.alloc_buffer((64, 64), "float16", scope="shared.dyn")
    C = T.alloc_buffer((64, 64), scope="local.fragment")
    T.func_attr({"layout_map": {A: Layout(i), B: Layout(j), C: Fragment(k)}})
    T.gemm(A, B, C)
"""
LOWERED = """\
@T.prim_func
def f(a: T.handle):
    A = T.alloc_buffer((2, 1, 8, 512), "float16", scope="shared.dyn")
    C = T.alloc_buffer((32,), scope="local")
    B = T.alloc_buffer((1, 8, 512), "float16", scope="shared.dyn")
    T.func_attr({"layout_map": {A: Layout(i), C: Fragment(k), B: Layout(j)}})
    T.ptx_wgmma(A.data, 0, B.data, 0, C.data, 0)
"""


def test_buffers_declared_in_another_order_are_told_apart_by_name() -> None:
    counts = diff_text(LAYOUTS, LOWERED).counts
    # Taken for one another, both would be renamed and their layouts would differ.
    assert "renamed" not in counts and "layout" not in counts
    wrong = LOWERED.replace("C: Fragment(k), B: Layout(j)", "C: Layout(j), B: Fragment(k)")
    assert "layout" in diff_text(LAYOUTS, wrong).counts


def test_a_replaced_instruction_names_what_came_with_it() -> None:
    before = BEFORE.replace("    B[0] = A[0]\n", "    T.gemm(A, B, C)\n")
    loop = "    for k in range(4):\n        T.ptx_mma(A.data, k, B.data, k * 2, C.data)\n    T.warpgroup_wait(0)\n"
    (hunk,) = diff_text(before, BEFORE.replace("    B[0] = A[0]\n", loop)).hunks
    assert hunk.kind == "instruction selection" and hunk.also == ("synchronisation", "loop structure")


def test_an_instruction_that_loses_its_barrier_is_a_matter_of_synchronisation() -> None:
    before = BEFORE.replace("    B[0] = A[0]\n", "    T.ptx_mma(A, B)\n    T.tvm_storage_sync('shared')\n")
    after = BEFORE.replace("    B[0] = A[0]\n", "    T.ptx_wgmma_ss(A, B, C)\n")
    assert dict(diff_text(before, after).counts) == {"synchronisation": 1, "instruction selection": 1}
    loop = "    for k in range(4):\n        T.ptx_wgmma_ss(A.data, k, B.data, k * 2, C.data)\n"
    (hunk,) = diff_text(before, BEFORE.replace("    B[0] = A[0]\n", loop)).hunks
    assert hunk.kind == "synchronisation"


def test_dumps_of_two_dialects_with_and_without_headers_are_the_same_dump() -> None:
    header = "# from tvm.script import ir as I\n# from tvm.script import tir as T\n\n"
    diff = diff_text(header + BEFORE, BEFORE)
    assert diff.equal and set(diff.counts) <= {"formatting"}


def test_a_partial_dump_is_compared_too() -> None:
    part = "        B[0] = A[0]\n        C[0] = B[1]\n"
    assert dict(diff_text(part, part.replace("B[1]", "B[2]"), "tir").counts) == {"memory access": 1}
