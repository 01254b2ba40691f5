"""Following lines from a source into its IR, and from a pass's output into its input."""

from __future__ import annotations

from tl_passlab.diff import diff_text
from tl_passlab.drift.lines import backward, loop_around, printed_from

IR = """\
def main(A: T.handle, C: T.handle):
    for i in T.unroll(8):
        A_shared_1[i * 8] = A[bx * 64 + i]
    T.tvm_storage_sync("shared")
    for j in T.unroll(16):
        C_1[j] = A_shared_1[j] * T.float32(2)
""".splitlines()
SOURCE = """\
__global__ void main(half_t* A, float* C) {
  for (int i = 0; i < 8; ++i) {
    A_shared[(i * 8)] = A[((bx * 64) + i)];
  }
  __syncthreads();
  for (int i_1 = 0; i_1 < 16; ++i_1) {
    C[i_1] = (A_shared[i_1] * 2.0f);
  }
}
""".splitlines()


def test_source_lines_find_the_ir_they_were_printed_from() -> None:
    found = printed_from(SOURCE, IR)
    assert [found[n] for n in (1, 2, 3, 6, 7)] == [(1,), (2,), (3,), (5,), (6,)]


def test_a_line_without_a_common_word_lies_between_its_neighbours() -> None:
    assert printed_from(SOURCE, IR)[5] == (4,)


def test_the_order_of_the_ir_is_kept() -> None:
    """Two statements of one text are told apart by what surrounds them."""
    ir = ["x[0] = y[0]", "first(p)", "x[0] = y[0]", "second(q)"]
    found = printed_from(["first(p);", "x[0] = y[0];", "second(q);"], ir)
    assert found == {1: (2,), 2: (3,), 3: (4,)}


def test_kept_rewritten_and_new_statements() -> None:
    before = "def main():\n    T.gemm(A_shared, C_local)\n    A[0] = B[0]\n    T.evaluate(0)\n"
    after = "def main():\n    T.ptx_mma(A_shared, C_local)\n    A[0] = B[0]\n    T.evaluate(0)\n"
    way = backward(diff_text(before, after, "tir"))
    assert way.kept[3] == 3 and 2 not in way.kept
    assert way.rewritten[2] == {2}


def test_a_statement_carried_elsewhere_is_kept() -> None:
    before = "def main():\n    for i in range(4):\n        A[i] = B[i]\n        work(i)\n    C[0] = D[0]\n"
    after = "def main():\n    C[0] = D[0]\n    for i in range(4):\n        A[i] = B[i]\n        work(i)\n"
    kept = backward(diff_text(before, after, "tir")).kept
    assert [kept[n] for n in (2, 4)] == [5, 3]


def test_the_loop_around_a_statement() -> None:
    lines = ["def main():", "    for i in range(4):", "        if p:", "            a()", "    b()"]
    assert [loop_around(lines, n) for n in (4, 3, 5, 1)] == [2, 2, 0, 0]


def test_copies_that_an_unrolled_loop_leaves_come_from_its_statement_and_an_added_barrier_from_nowhere() -> None:
    head = "@T.prim_func\ndef main(A: T.Buffer((64,)), row: T.Buffer((64,)), bar: T.Buffer((4,))):\n"
    load = "T.tma_load(A.data, bar[0], row[{}])\n"
    before = f"{head}    for i in T.unroll(2):\n        {load.format('i * 4')}    T.sync()\n    T.gemm(row[0])\n"
    after = f"{head}    {load.format('0')}    {load.format('4')}    T.sync()\n    T.gemm(row[0])\n    T.sync()\n"
    way = backward(diff_text(before, after, "tir", prove=False))
    assert (way.kept.get(3), way.kept.get(4)) == (4, 4)
    assert 7 not in way.kept
