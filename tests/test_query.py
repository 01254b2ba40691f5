"""The query API: every question on a small IR and on generated source, and the answers claims depend on."""

from __future__ import annotations

import pytest

from tests.review.synthetic import lower
from tl_passlab.query import after, before, source, view

IR = """\
@T.prim_func
def main(A: T.handle):
    A_shared = T.sblock_alloc_buffer((3, 64, 32), "float16", scope="shared.dyn")
    C_local = T.alloc_buffer((64, 64), scope="local.fragment")
    D = T.Buffer((8,), "int32")
    T.sblock_attr({"barrier_init": {mbarrier: [1, 1, 128]}, "stage": 3})
    T.copy(A[0, 0], A_shared[0, 0, 0])
    if tx < 128:
        for ko in range(8):
            T.mbarrier_wait_parity(mbarrier[ko % 3 + 3], ko // 3 % 2 ^ 1)
            T.tma_copy(T.region(A[ko, 0], 1, 64), A_shared[ko % 3, 0, 0], emit_arrive=1)
            T.ptx_arrive_barrier(mbarrier[ko % 3])
    else:
        for i, j in T.grid(64, 64):
            C_local[i, j] = T.float32(0)
        for ko in T.serial(8, annotations={"stage": 2}):
            T.mbarrier_wait_parity(mbarrier[ko % 3], ko // 3 % 2)
            T.gemm(A_shared[ko % 3, 0, 0], C_local[0, 0], "T.copy(", clear=False)
    T.tvm_storage_sync("shared")
    T.copy(C_local[0, 0], A[0, 0])
"""

SOURCE = """\
extern "C" __global__ void main_kernel(float* A) {
  if (((int)threadIdx.x) < 128) {
    for (int ko = 0; ko < 8; ++ko) {
      mbarrier[((ko % 3) + 3)].wait(((ko / 3) & 1));
      tl::tma_load<tl::CacheHintSm90::EVICT_FIRST>(A_desc, mbarrier[(ko % 3)], (&(buf_dyn_shmem[0])), 0, 0);
    }
  } else {
    tl::cp_async_wait<0>();
    __syncthreads();
    A[(ko * 4)] = buf[0];
  }
}
"""


def test_ops_are_found_by_name_and_pattern_in_order() -> None:
    region = view(IR)
    assert [op.line for op in region.ops("copy")] == [7, 20]
    assert region.order("ptx_*", "mbarrier_*", "gemm") == [
        "mbarrier_wait_parity",
        "ptx_arrive_barrier",
        "mbarrier_wait_parity",
        "gemm",
    ]
    assert (region.count("tma_copy"), region.count("no_such_op")) == (1, 0)


def test_op_has_its_arguments() -> None:
    (op,) = view(IR).ops("tma_copy")
    assert op.args == ("T.region(A[ko, 0], 1, 64)", "A_shared[ko % 3, 0, 0]")
    assert op.kwargs == {"emit_arrive": "1"}


def test_text_in_a_string_is_no_op() -> None:
    assert view(IR).loops("ko", "serial")[0].count("copy") == 0


def test_runs_of_equal_names_count_once() -> None:
    region = view("T.a()\nT.a()\nT.b()\nT.a()\n")
    assert region.order("a", "b") == ["a", "a", "b", "a"]
    assert region.order("a", "b", runs=True) == ["a", "b", "a"]


def test_loops_are_found_by_variable_and_kind() -> None:
    loops = view(IR).loops()
    assert [(loop.vars, loop.kind, loop.extent) for loop in loops] == [
        (("ko",), "range", "8"),
        (("i", "j"), "grid", "64"),
        (("ko",), "serial", "8"),
    ]
    assert len(view(IR).loops("ko")) == 2 and len(view(IR).loops(kind="serial")) == 1


def test_branches_hold_what_each_role_runs() -> None:
    producer, consumer = view(IR).branches()
    assert (producer.condition, consumer.condition) == ("tx < 128", "else")
    assert producer.count("tma_copy") == 1 and producer.uses("C_local") == 0
    assert consumer.count("tma_copy") == 0 and consumer.uses("C_local") == 2
    assert [s.text for s in consumer.stores("C_local")] == ["C_local[i, j] = T.float32(0)"]


def test_region_splits_around_a_block() -> None:
    region = view(IR)
    (loop,) = region.loops("ko", "serial")
    assert region.inside(loop).order("mbarrier_wait_parity", "gemm") == ["mbarrier_wait_parity", "gemm"]
    assert region.ahead_of(loop).count("copy") == 1
    assert region.past(loop).order("tvm_storage_sync", "copy") == ["tvm_storage_sync", "copy"]


def test_allocations_are_found_by_scope_and_name() -> None:
    region = view(IR)
    assert [(a.name, a.shape, a.dtype) for a in region.allocs("shared*")] == [
        ("A_shared", ("3", "64", "32"), "float16")
    ]
    assert [(a.name, a.dtype) for a in region.allocs("local.fragment")] == [("C_local", "float32")]
    assert [(a.shape, a.scope) for a in region.allocs(name="D")] == [(("8",), "global")]
    assert [a.name for a in region.allocs(name="[AB]_shared")] == ["A_shared"]


def test_branch_is_found_by_a_condition_with_an_index() -> None:
    region = view("if keep[by, ko] != 0:\n    T.copy(A[0])\nif keepb:\n    T.gemm()\n")
    assert [b.order("copy", "gemm") for b in region.branches("keep[by, *] != 0")] == [["copy"]]


def test_waits_and_barriers_are_told_from_other_ops() -> None:
    assert [op.line for op in view(IR).waits()] == [10, 17]
    assert [op.name for op in view(IR).barriers()] == ["tvm_storage_sync"]


def test_attributes_keep_their_brackets() -> None:
    assert view(IR).attrs("barrier_init") == ["{mbarrier: [1, 1, 128]}"]
    assert view(IR).attrs("stage") == ["3", "2"]


def test_generated_source_answers_the_same_questions() -> None:
    region = view(SOURCE)
    (loop,) = region.loops("ko")
    assert (loop.kind, loop.extent) == ("for", "8")
    producer, consumer = region.branches()
    assert (producer.condition, consumer.condition) == ("((int)threadIdx.x) < 128", "else")
    assert producer.order("wait", "tma_load") == ["wait", "tma_load"]
    assert producer.ops("tma_load")[0].template == "tl::CacheHintSm90::EVICT_FIRST"
    assert [op.name for op in consumer.waits()] == ["cp_async_wait"]
    assert [op.name for op in consumer.barriers()] == ["__syncthreads"]
    assert [s.text for s in region.stores("A")] == ["A[(ko * 4)] = buf[0];"]


def test_boundary_of_a_trace_is_a_region() -> None:
    trace = lower(0)
    assert before(trace, "LowerTileOp").count("copy") == 1
    assert after(trace, "lowertileop").count("copy") == 0
    assert source(trace).count("ptx_mma") == 1


def test_claim_on_a_pass_that_did_not_run_does_not_hold() -> None:
    with pytest.raises(AssertionError, match="NoSuchPass did not run; those that changed the IR: PipelinePlanning"):
        after(lower(0), "NoSuchPass")
