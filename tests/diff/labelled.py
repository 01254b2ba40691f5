"""Pairs of texts with the classes their difference has: real dumps, each with one edit that a pass or a bug could make.

An edit is (old, new) text, replaced once; a newline-terminated old text with an empty new one deletes lines. To add a
pair, add a row.
"""

# ruff: noqa: E501  (an edit is one piece of one line of a dump)
from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[1] / "data" / "diff"


class Pair(NamedTuple):
    """One labelled pair: a dump, the edits that make the other side, the classes of the hunks between them."""

    name: str
    file: str
    edits: tuple[tuple[str, str], ...]
    kinds: frozenset[str]


def read(name: str) -> str:
    """A stored dump."""
    return (DATA / name).read_text(encoding="utf-8")


def both_sides(pair: Pair) -> tuple[str, str]:
    """The dump and its edited version; an edit that does not apply is an error in the table."""
    before = after = read(pair.file)
    for old, new in pair.edits:
        assert old in after, (pair.name, old)
        after = after.replace(old, new, 1)
    return before, after


WS = "gemm_sm_90a_LayoutInference.before.tir"
LAYOUT = "gemm_sm_90a_LayoutInference.after.tir"
TILE = "gemm_sm_90a_LowerTileOp.after.tir"
SYNC = "gemm_sm_80_ThreadSync.after.tir"
PIPE = "gemm_sm_80_InjectSoftwarePipeline.before.tir"
CUDA = "gemm_sm_90a.cu"
CUDA80 = "gemm_sm_80.cu"
METAL = "elementwise.metal"
HIP = "gemm.hip"
ATTENTION = "attention_sm_90a.cu"

ARRIVE = "                    T.ptx_arrive_barrier(mbarrier_1[ko % 3 + 3])\n"
COPY_A = (
    "                    T.tma_copy(T.region(A[by * 64, ko * 32], 1, 64, 32), T.region(A_shared[ko % 3, 0, 0], 2, 1, 64, 32),"
    " barrier=mbarrier_1[ko % 3], is_tma_copy=1, tl.pipeline_mbar_phase_expr=ko % 6 // 3)\n"
)
WAIT = "                    T.mbarrier_wait_parity(mbarrier_1[ko % 3], ko % 6 // 3)\n"


def _pair(name: str, file: str, kinds: str, *edits: tuple[str, str]) -> Pair:
    return Pair(name, file, edits, frozenset(kinds.split(", ")))


PAIRS = (
    # Synchronisation: added, removed, moved, changed.
    _pair("barrier_arrive_removed", WS, "synchronisation", (ARRIVE, "")),
    _pair("barrier_wait_removed", WS, "synchronisation", (WAIT, "")),
    _pair("wait_moved_past_gemm", WS, "synchronisation", (WAIT, ""), (ARRIVE, WAIT + ARRIVE)),
    _pair("arrival_count_changed", WS, "synchronisation", ("128, 128, 128]}", "128, 128, 127]}")),
    _pair("copy_no_longer_arrives", WS, "synchronisation", ("emit_arrive=1, ", "")),
    _pair("storage_sync_removed", SYNC, "synchronisation", ('            T.tvm_storage_sync("shared.dyn")\n', "")),
    _pair(
        "storage_sync_added",
        SYNC,
        "synchronisation",
        ("        T.ptx_wait_group(1)\n", "        T.ptx_wait_group(1)\n        T.ptx_wait_group(1)\n"),
    ),
    _pair("wait_group_waits_for_fewer", SYNC, "synchronisation", ("T.ptx_wait_group(2)", "T.ptx_wait_group(3)")),
    _pair(
        "sync_of_another_scope",
        SYNC,
        "synchronisation",
        ('T.tvm_storage_sync("shared.dyn")', 'T.tvm_storage_sync("warp")'),
    ),
    _pair(
        "wait_and_commit_exchanged",
        SYNC,
        "synchronisation",
        (
            "            T.ptx_commit_group()\n            T.ptx_wait_group(2)\n",
            "            T.ptx_wait_group(2)\n            T.ptx_commit_group()\n",
        ),
    ),
    _pair("cuda_syncthreads_removed", CUDA, "synchronisation", ("  __syncthreads();\n", "")),
    _pair("cuda_arrive_removed", CUDA, "synchronisation", ("      mbarrier[((ko_1 % 3) + 3)].arrive();\n", "")),
    _pair(
        "cuda_wgmma_wait_weakened", CUDA, "synchronisation", ("tl::warpgroup_wait<0>();", "tl::warpgroup_wait<1>();")
    ),
    _pair(
        "metal_barrier_removed", METAL, "synchronisation", ("  threadgroup_barrier(mem_flags::mem_threadgroup);\n", "")
    ),
    _pair("metal_barrier_flags", METAL, "synchronisation", ("mem_flags::mem_threadgroup", "mem_flags::mem_none")),
    # Stages and parities.
    _pair(
        "stage_of_operand_off_by_one",
        WS,
        "pipeline stage / parity",
        ("A_shared[ko % 3, 0, 0], 1,", "A_shared[(ko + 1) % 3, 0, 0], 1,"),
    ),
    _pair(
        "stage_count_in_index",
        WS,
        "pipeline stage / parity",
        ("B_shared[ko % 3, 0, 0], 1,", "B_shared[ko % 2, 0, 0], 1,"),
    ),
    _pair("stage_lost_in_copy", WS, "pipeline stage / parity", ("A_shared[ko % 3, 0, 0], 2,", "A_shared[0, 0, 0], 2,")),
    _pair("parity_flip_lost", WS, "pipeline stage / parity", ("T.bitwise_xor(ko % 6 // 3, 1)", "ko % 6 // 3")),
    _pair(
        "parity_of_wait_constant",
        WS,
        "pipeline stage / parity",
        ("mbarrier_1[ko % 3], ko % 6 // 3)", "mbarrier_1[ko % 3], 0)"),
    ),
    _pair(
        "waits_on_another_barrier",
        WS,
        "pipeline stage / parity",
        ("wait_parity(mbarrier_1[ko % 3 + 3]", "wait_parity(mbarrier_1[ko % 3]"),
    ),
    _pair(
        "cuda_parity_flip_lost", CUDA, "pipeline stage / parity", ("wait((((ko % 6) / 3) ^ 1))", "wait(((ko % 6) / 3))")
    ),
    _pair(
        "num_stages_changed",
        SYNC,
        "pipeline stage / parity",
        ('{"tl_pipelined_num_stages": 3}', '{"tl_pipelined_num_stages": 2}'),
    ),
    # Copies and instructions.
    _pair("copy_removed", WS, "async copy", (COPY_A, "")),
    _pair("cp_async_bytes", SYNC, "async copy", ("* 8, 1, 2), T.tvm", "* 8, 1, 1), T.tvm")),
    _pair(
        "cuda_tma_load_removed",
        CUDA,
        "async copy",
        (
            "tl::tma_load(A_desc, mbarrier[(ko % 3)], (&(((half_t*)A_shared)[((ko % 3) * 2048)])), (ko * 32), (((int)blockIdx.y) * 64));",
            "",
        ),
    ),
    _pair("tma_becomes_plain_copy", WS, "instruction selection", ("T.tma_copy(T.region(A[", "T.copy(T.region(A[")),
    _pair("mma_shape", SYNC, "instruction selection", ('"m16n8k16"', '"m16n8k8"')),
    _pair("gemm_becomes_wgmma", WS, "instruction selection", ("T.gemm(", "T.wgmma_gemm(")),
    _pair(
        "ldmatrix_transposed",
        SYNC,
        "instruction selection",
        ("T.ptx_ldmatrix(T.bool(False), 4", "T.ptx_ldmatrix(T.bool(True), 4"),
    ),
    _pair(
        "hip_mfma",
        HIP,
        "instruction selection",
        ("__builtin_amdgcn_mfma_f32_16x16x16f16(", "__builtin_amdgcn_mfma_f32_32x32x8f16("),
    ),
    # Predicates and launches.
    _pair("bound_check_changed", TILE, "predicate", ("if tx < 256 and", "if tx < 224 and")),
    _pair("bound_check_removed", TILE, "predicate", (" and tx >= 128:", ":")),
    _pair("role_split_changed", WS, "predicate", ("if tx < 128:", "if tx < 64:")),
    _pair("elect_removed", CUDA, "predicate", ("if (tl::tl_shuffle_elect<128>()) {", "{")),
    _pair("metal_bound_changed", METAL, "predicate", ("+ i_1) < 25) {", "+ i_1) < 26) {")),
    _pair(
        "thread_extent",
        WS,
        "launch configuration",
        ('T.launch_thread("threadIdx.x", 256)', 'T.launch_thread("threadIdx.x", 288)'),
    ),
    _pair(
        "cuda_launch_bounds", CUDA, "launch configuration", ("__launch_bounds__(256, 1)", "__launch_bounds__(128, 1)")
    ),
    _pair(
        "cuda_register_budget", CUDA, "launch configuration", ("warpgroup_reg_alloc<240>", "warpgroup_reg_alloc<160>")
    ),
    _pair(
        "metal_threads",
        METAL,
        "launch configuration",
        ("max_total_threads_per_threadgroup(128)", "max_total_threads_per_threadgroup(256)"),
    ),
    # Layouts, allocations, types.
    _pair("swizzle_changed", LAYOUT, "layout", ("(_k // 16 + _j % 8 // 4) % 2 * 16", "_k // 16 * 16")),
    _pair("layout_lost", LAYOUT, "layout", ("(3, 64, 32) -> (3, 1, 8, 256)", "(3, 64, 32) -> (3, 64, 32)")),
    _pair("strides_changed", WS, "layout", ("strides=(256, 1)", "strides=(264, 1)")),
    _pair("stages_allocated", WS, "allocation / scope", ('((3, 64, 32), "float16"', '((2, 64, 32), "float16"')),
    _pair("scope_changed", WS, "allocation / scope", ('"float16", scope="shared.dyn"', '"float16", scope="shared"')),
    _pair("shared_offset", SYNC, "allocation / scope", ("buf_dyn_shmem.data, 12288)", "buf_dyn_shmem.data, 8192)")),
    _pair("cuda_array_size", CUDA, "allocation / scope", ("float C_local[32];", "float C_local[16];")),
    _pair("cast_type", TILE, "type / cast", ('T.Cast("float32", 0)', 'T.Cast("float16", 0)')),
    _pair("cuda_element_type", CUDA, "type / cast", ("(half_t*)A_shared)", "(bfloat16_t*)A_shared)")),
    # Data.
    _pair("vector_width", TILE, "memory access", ("T.vectorized(4)", "T.vectorized(2)")),
    _pair("index_off_by_one", TILE, "memory access", ("tx % 32 // 4 - 64, bx", "tx % 32 // 4 - 63, bx")),
    _pair(
        "metal_index",
        METAL,
        "memory access",
        ("As[((i * 128) + ((int)threadIdx.x))]", "As[((i * 129) + ((int)threadIdx.x))]"),
    ),
    _pair("metal_scale", METAL, "arithmetic", ("* 2.000000e+00f)", "* 2.000001e+00f)")),
    _pair("metal_operator", METAL, "arithmetic", ("* 2.000000e+00f)", "+ 2.000000e+00f)")),
    _pair(
        "gemm_operands_swapped",
        WS,
        "arithmetic",
        (
            "T.gemm(T.region(A_shared[ko % 3, 0, 0], 1, 1, 64, 32), T.region(B_shared[",
            "T.gemm(T.region(B_shared[ko % 3, 0, 0], 1, 1, 64, 32), T.region(A_shared[",
        ),
    ),
    _pair("loop_extent", WS, "loop structure", ("for ko in range(8):", "for ko in range(7):")),
    _pair("loop_unrolled", TILE, "loop structure", ("for ki in T.unroll(2):", "for ki in range(2):")),
    _pair("cuda_loop_bound", CUDA, "loop structure", ("ko < 8; ++ko)", "ko < 9; ++ko)")),
    _pair("attribute_of_unknown_meaning", WS, "attribute", ('"tl_tiled_ws_applied": 1', '"tl_tiled_ws_applied": 0')),
    # No difference that matters.
    _pair(
        "parity_written_differently",
        WS,
        "equal expression",
        ("mbarrier_1[ko % 3], ko % 6 // 3)", "mbarrier_1[ko % 3], ko // 3 % 2)"),
    ),
    _pair(
        "index_simplified", TILE, "equal expression", ("bx * 64 + (i * 2 + vec) // 4 * 8 +", "bx * 64 + i // 2 * 8 +")
    ),
    _pair("sum_reordered", TILE, "equal expression", ("C[by * 64 + tx // 32 * 16 +", "C[tx // 32 * 16 + by * 64 +")),
    _pair(
        "metal_mask_as_modulo",
        METAL,
        "equal expression",
        ("i * 308)) + (((int)__simd_group_id) * 77)", "308 * i)) + (((int)__simd_group_id) * 77)"),
    ),
    _pair("condition_turned_round", WS, "equal expression", ("if tx < 128:", "if 128 > tx:")),
    _pair(
        "attributes_reordered",
        WS,
        "reordered (independent)",
        ('"keys": ["cuda", "gpu"], "kind": "cuda", ', ""),
        ('"arch": "sm_90a", ', '"kind": "cuda", "keys": ["cuda", "gpu"], "arch": "sm_90a", '),
    ),
    _pair(
        "allocations_reordered",
        SYNC,
        "reordered (independent)",
        (
            '            A_local = T.alloc_buffer((16,), "float16", scope="local")\n            B_local = T.alloc_buffer((16,), "float16", scope="local")\n',
            '            B_local = T.alloc_buffer((16,), "float16", scope="local")\n            A_local = T.alloc_buffer((16,), "float16", scope="local")\n',
        ),
    ),
    _pair("spacing", WS, "formatting", ("for ko in range(8):", "for ko in range( 8 ):  # eight")),
    _pair("brackets_that_bind_as_before", WS, "formatting", ("ko % 6 // 3)", "(ko % 6) // 3)")),
    _pair("statement_wrapped_over_lines", WS, "formatting", ("T.reads()", "T.reads(\n)")),
    _pair("loop_variable_renamed", CUDA, "renamed", *[("ko_1", "kk")] * read(CUDA).count("ko_1")),
)
