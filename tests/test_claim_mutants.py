"""Each claim of the focused cases must fail on code that is plausibly broken: a claim that cannot fail says nothing.

A mutant is an edit of the generated source and of every IR of a real lowering: a barrier removed, a count changed, a
version or a bound taken from elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.lowering import LANE, stored_pairs, trace_of
from tl_passlab.cases import load_case
from tl_passlab.checks import read_blocks, run_checks
from tl_passlab.model import CaseInfo, Target, Trace

TOPICS = (
    "control",
    "cpu",
    "fp8",
    "gather",
    "hopper",
    "host",
    "index",
    "memory",
    "persistent",
    "reducer",
    "regressions",
    "sync",
    "tcgen05",
)
OTHERS = (
    "dynamic/any_length",
    "elementwise/lone_store",
    "elementwise/mixed_types",
    "elementwise/wide_instructions",
    "metal/fragment_beside_an_accumulator",
    "warp_specialize/automatic_roles",
    "warp_specialize/automatic_roles_with_a_gather",
    "warp_specialize/automatic_roles_without_tma",
    "warp_specialize/product_before_the_loop",
    "warp_specialize/schedule_by_hand",
    "warp_specialize/schedule_of_three_versions",
)

# For each claim what to replace, and by what.
MUTANTS: dict[str, tuple[str, str]] = {
    "claim_a_barrier_at_each_handover": (r"(if tx == 0:\n +red_result.*\n) *T\.tvm_storage_sync.*\n", r"\1"),
    "claim_a_barrier_before_memory_changes_hands": (
        r' *T\.tvm_storage_sync\("shared\.dyn"\)\n((?:.*\n){,3}?.*third\w*\[.*\] = )',
        r"\1",
    ),
    "claim_a_barrier_between_writing_and_reading": (r" *threadgroup_barrier\(.*\n", ""),
    "claim_a_fence_between_stores_and_wgmma": (r" *T\.fence_proxy_async\(\)\n", ""),
    "claim_a_maximum_starts_from_the_least_number": (r"(T\.fill\(T\.region\(peak.*), T\.float32\(.*\)\n", r"\1, 0)\n"),
    "claim_a_vector_is_as_wide_as_its_index_says": (r"threadgroup uint4\*", "threadgroup bfloat*"),
    "claim_all_threads_keep_copying_and_multiplying": (r"__launch_bounds__\(128", "__launch_bounds__(256"),
    "claim_barriers_count_one_producer_and_one_warp": (r"\.init\(32\)", ".init(128)"),
    "claim_both_conflicts_have_their_barrier": (r"(for k in .*\n(?:.*\n)*?) *T\.tvm_storage_sync.*\n", r"\1"),
    "claim_consumers_release_after_their_last_read": (
        r"( +T\.copy\(T\.region\(tile.*\n)( +T\.ptx_arrive_barrier.*\n)",
        r"\2\1",
    ),
    "claim_each_barrier_counts_its_own_arrivals": (r"(ptx_init_barrier_thread_count\(\w+\[1\]), 128", r"\1, 1"),
    "claim_each_role_binds_then_guards_then_waits": (r"( +else:\n(?:.*\n)*?) +k: T\.int32 = order\[ko\]\n", r"\1"),
    "claim_every_operand_is_of_the_version_in_turn": (r"E_shared_1\[ko % 2", "E_shared_1[0"),
    "claim_every_parameter_is_restrict": (r"__restrict__ B", "B"),
    "claim_every_partial_sum_is_reduced": (r"SumOp, 128", "SumOp, 64"),
    "claim_every_product_is_the_consumers": (r"( +)(T\.mbarrier_wait_parity\(mbarrier_1\[2)", r"\1T.gemm(A)\n\1\2"),
    "claim_every_statement_has_a_name": (r"tl_tileop_copy_1", "tl_tileop_copy_0"),
    "claim_every_tile_is_visited_once": (r"w < 4;", "w < 3;"),
    "claim_every_warp_has_a_place_in_the_stage": (r"if tx < 4:", "if tx < 2:"),
    "claim_expecting_is_not_arriving": (r"expect_transaction", "arrive_and_expect_tx"),
    "claim_init_update_finalise_once_each": (r"(T\.fill\(T\.region\(sums.*)T\.float32\(0\.0\)", r"\1T.float32(1.0)"),
    "claim_no_barrier_where_no_thread_meets_another": (r"( +)(B\w*\[.*\] = tile)", r"\1T.tvm_storage_sync()\n\1\2"),
    "claim_no_descriptor_is_made_on_the_device": (r"T\.tma_load\(A_desc,", "T.tma_load(T.create_tma_descriptor(7),"),
    "claim_one_descriptor_for_each_box": (r"T\.tma_load\(A_desc_1,", "T.tma_load(A_desc,"),
    "claim_one_index_for_clear_add_and_store": (r"(v_ = .*total \+ )\((i_1 \* 4)\)", r"\1((\2) + 4)"),
    "claim_only_the_accumulator_moves": (r'(bias = .*scope=)"local\.fragment"', r'\1"metal.simdgroup"'),
    "claim_only_the_dead_buffer_gives_up_its_place": (r"(second: .*shmem\.data, )1024\)", r"\g<1>0)"),
    "claim_producer_and_consumer_alternate_on_both_operands": (r"T\.bitwise_xor\((T\.bitwise_and\(.*?\)), 1\)", r"\1"),
    "claim_shares_are_in_bytes": (r"T\.int64\(2048\)", "T.int64(1024)"),
    "claim_shuffles_halve_the_distance": (r"red_buf0\[0\], 8, 32, 32", "red_buf0[0], 4, 32, 32"),
    "claim_the_arena_holds_both": (r"(narrow: .*shmem\.data, )1024\)", r"\g<1>512)"),
    "claim_the_barrier_expects_what_the_gather_brings": (r"(mbarrier_expect_tx\(full_1\[0\], )512", r"\g<1>256"),
    "claim_the_barrier_is_ready_before_its_first_use": (r" *T\.ptx_fence_barrier_init\(\)\n", ""),
    "claim_the_bytes_are_those_of_the_tiles": (r"arrive_and_expect_tx\(4096\)", "arrive_and_expect_tx(8192)"),
    "claim_the_last_expectation_arrives": (r"T\.mbarrier_expect_tx\(", "T.ptx_arrive_barrier_expect_tx("),
    "claim_the_launch_is_cooperative": (r'"use_cooperative_groups": 1', '"use_cooperative_groups": 0'),
    "claim_the_metadata_is_complete_before_the_version_is_full": (
        r" *tl::__sync_thread_partial\(3, 128\);\n( *if)",
        r"\1",
    ),
    "claim_the_named_parameters_may_alias": (r"float\* C", "float* __restrict__ C"),
    "claim_the_next_version_is_filled_while_one_is_read": (r"\(ko \+ 1\) % 2", "ko % 2"),
    "claim_the_panel_width_is_a_template_argument": (r"rasterization2DRow<10>\(\)", "rasterization2DRow(10)"),
    "claim_the_rows_reach_the_instructions_in_order": (r"(load_gather4\(.*)rows\[0\]", r"\1rows[1]"),
    "claim_the_schedule_becomes_barriers": (r", emit_arrive=1", ""),
    "claim_the_wish_moves_to_the_function": (r"T\.int64\(4096\)", "T.int64(1024)"),
    "claim_tma_and_reads_agree_on_the_swizzle": (r"(create_tma_descriptor\(.*), 3, 2, 0\)", r"\1, 0, 2, 0)"),
    "claim_versions_and_parity_go_by_three": (r"ko // 3", "ko // 2"),
    "claim_each_statement_is_guarded_by_itself": (r"( +)if t < 64:\n +(C\[)", r"\1\2"),
    "claim_neighbours_share_a_condition_again": (r"\n {4}( +C_1\[)", r"\n\1"),
    "claim_the_condition_is_outside_of_the_loop": (r"for k in range\(4\):\n", "if True:\n"),
    "claim_no_loop_is_left": (r"W\[2\]", "W[1]"),
    "claim_the_last_element_comes_first": (r"A\[255 - i\]", "A[256 - i]"),
    "claim_every_index_is_wide": (r"T\.int64\(256\)", "256"),
    "claim_both_accesses_have_one_index": (r"= A(\w*)\[", r"= A\1[0 + "),
    "claim_each_kernel_is_marked_for_what_it_calls": (r"has_cuda_pdl_sync", "has_cuda_pdl_trigger"),
    "claim_the_second_waits_before_it_reads": (r" *cudaGridDependencySynchronize\(\);\n", ""),
    "claim_the_host_allocates": (
        r"( +)S = T\.sblock_alloc_buffer.*\n((?:.*\n)*?)( +tz = .*\n)",
        r"\2\3\1S = T.sblock_alloc_buffer((1024,))\n",
    ),
    "claim_the_store_is_in_a_loop_of_one": (r"for _ in T\.parallel\(1\)", "for _ in range(1)"),
    "claim_every_thread_holds_the_element": (r"replicate = 128", "replicate = 1"),
    "claim_the_load_keeps_eight_lanes": (r"for i_copy in T\.vectorized\(8\)", "for i_copy in T.vectorized(4)"),
    "claim_no_cast_is_wider_than_a_register_of_four": (r"for vec in T\.vectorized\(4\)", "for vec in T.vectorized(8)"),
    "claim_one_wide_load_and_one_wide_store": (r"T\.stg128\(", "T.stg64("),
    "claim_the_prover_knows_the_sign": (r"0 <=? n, \"tl\.assume\"", '1 <= n, "tl.assume"'),
    "claim_the_store_is_guarded": (r"( +)if .* < n:\n +B\[", r"\1B["),
    "claim_every_copy_is_summed_up": (r"SumOp, 128", "SumOp, 64"),
    "claim_no_descriptor_of_an_unknown_tensor": (r"T\.tma_store\(", "T.create_tma_descriptor(7, 1, A.data, 256)"),
    "claim_only_the_even_pitch_is_a_descriptor": (r"(create_tma_descriptor\(\d+, \d+, )A", r"\1Odd"),
    "claim_producers_meet_before_one_arrives": (r"(\} *\n) *tl::__sync_thread_partial\(3, 128\);\n( *if)", r"\1\2"),
    "claim_no_atomic_is_left": (r"(B\[A\[i\] % 16\] = .*) \+ 1", r"\1 + 2"),
    "claim_tensor_memory_is_given_back": (r"(deallocate_tensor_memory\(.*), 128\)", r"\1, 64)"),
    "claim_every_barrier_of_the_block_is_fenced": (r" *T\.tcgen05_before_thread_sync\(\)\n", ""),
    "claim_the_kernel_is_marked_for_a_pair": (r"\"use_2cta\": 1", '"use_2cta": 0'),
    "claim_the_product_is_of_eight_bit_operands": (r"kFloat8_e4m3", "kFloat8_e5m2"),
    "claim_the_workers_gather": (r'tl\.WSOpRef\(id="parallel_0"\), ', ""),
    "claim_what_may_alias_is_not_restrict": (r"device float4\* C", "device float4* __restrict C"),
}

# Claims of cases whose other claims have no mutant: case, target and claim, and the edit as above.
OF_OTHER_CASES: dict[tuple[str, str, str], tuple[str, str]] = {
    ("pipeline/gemm_pipelined", "cuda:sm_90a", "claim_three_versions_with_a_full_and_an_empty_barrier_each"): (
        r"\.init\(128\)",
        ".init(64)",
    ),
    ("pipeline/gemm_pipelined", "metal", "claim_three_versions_with_a_full_and_an_empty_barrier_each"): (
        r"(A_shared = \S+)\(3, ",
        r"\1(2, ",
    ),
    ("pipeline/gemm_two_stages", "cuda:sm_80", "claim_no_product_reads_an_unawaited_copy"): (
        r"T\.ptx_wait_group\(1\)",
        "T.ptx_wait_group(2)",
    ),
    ("pipeline/gemm_two_stages", "cuda:sm_80", "claim_barriers_surround_the_product"): (
        r"(ptx_wait_group\(1\)\n) *T\.tvm_storage_sync.*\n",
        r"\1",
    ),
    ("attention/flash_forward", "cuda:sm_90a", "claim_each_product_awaits_and_releases_its_operand"): (
        r" *T\.mbarrier_wait_parity\(\w+\[2 \+ k % 2\].*\n",
        "",
    ),
    ("attention/flash_forward", "cuda:sm_80", "claim_only_keys_and_values_are_versioned"): (
        r"(Q_shared = \S+)\(64, 64",
        r"\1(2, 64, 64",
    ),
    ("attention/flash_forward_causal", "cuda:sm_90a", "claim_both_roles_run_the_same_number_of_blocks"): (
        r"range\(bx \+ 1\)(:\n(?:.*\n)+?.*for k in)",
        r"range(bx)\1",
    ),
    ("attention/flash_forward_causal", "cuda:sm_90a", "claim_no_score_starts_unmasked"): (
        r"T\.if_then_else\(.*\)\n",
        "T.float32(0)\n",
    ),
    ("sparse/block_sparse_gemm", "cuda:sm_90a", "claim_each_role_counts_its_own_phases"): (
        r"consumer_phase_cnt\[0\] % 2\], ",
        "ko % 2], ",
    ),
    ("warp_specialize/gemm_without_warp_specialization", "cuda:sm_90a", "claim_all_threads_copy_and_multiply"): (
        r" *tl::wgmma_ss<.*\n",
        "",
    ),
    ("layout/swizzled_layout", "cuda:sm_90a", "claim_tma_and_wgmma_agree_on_128_bytes"): (
        r"(create_tma_descriptor\([^\n]*?), 3, (\d, \d\))",
        r"\1, 2, \2",
    ),
    ("elementwise/add", "cuda:sm_80", "claim_each_element_is_computed_once"): (
        r"T\.vectorized\(4\)",
        "T.vectorized(2)",
    ),
    ("elementwise/add", "cuda:sm_80", "claim_both_edges_are_guarded"): (r"if (.*) < 100:", r"if \1 < 128:"),
}


@pytest.mark.parametrize(("name", "spec", "claim"), OF_OTHER_CASES, ids=[f"{c}-{n}-{t}" for n, t, c in OF_OTHER_CASES])
def test_claim_of_another_case_fails_on_a_mutant(name: str, spec: str, claim: str) -> None:
    trace, holds = trace_of(name, spec), load_case(name).claims[claim]
    holds(trace)
    with pytest.raises(AssertionError):
        holds(mutated(trace, *OF_OTHER_CASES[name, spec, claim]))


# A FileCheck block too must be able to fail: case, target, place of the block, and the edit.
OF_BLOCKS: dict[tuple[str, str, str], tuple[str, str]] = {
    ("pipeline/gemm_two_stages", "cuda:sm_80", "InjectSoftwarePipeline"): (
        r"(T\.ptx_commit_group\(\)\n *)T\.ptx_wait_group\(1\)",
        r"\1T.ptx_wait_group(2)",
    ),
    ("attention/flash_forward", "cuda:sm_90a", "ProducerConsumerWarpSpecialized"): (
        r"( +else:\n)( +)(T\.fill.*acc.*\n)",
        r"\2T.fill(acc)\n\1\2pass\n",
    ),
    ("hopper/arrive_with_expect", "cuda:sm_90a", "FuseMBarrierArriveExpectTx"): (
        r"( +T\.ptx_arrive_barrier_expect_tx.*\n)( +T\.tma_load\(.*\n)",
        r"\2\1",
    ),
    ("layout/transpose", "cuda:sm_80", "ThreadSync"): (r" *T\.tvm_storage_sync.*\n", ""),
}


@pytest.mark.parametrize(("name", "spec", "pass_name"), OF_BLOCKS, ids=[f"{n}-{p}" for n, _, p in OF_BLOCKS])
def test_filecheck_block_fails_on_a_mutant(name: str, spec: str, pass_name: str) -> None:
    blocks = [block for block in read_blocks(load_case(name).info) if block.pass_name == pass_name]
    trace = trace_of(name, spec)
    assert list(run_checks(blocks, trace).values()) == [""]
    (why,) = run_checks(blocks, mutated(trace, *OF_BLOCKS[name, spec, pass_name])).values()
    assert why


def held_claims() -> list[tuple[CaseInfo, Target, str]]:
    """Case, target and name of every claim of the focused cases that holds on this lane."""
    return [
        (case, target, claim)
        for case, target in stored_pairs()
        if case.topic in TOPICS or case.name in OTHERS
        for claim in case.claims
        if not case.reason_known_broken(claim, LANE.tilelang) and not case.rejected_on(target, LANE.tilelang)
    ]


def parameters() -> list[Any]:
    return [pytest.param(*held, id=f"{held[2]}-{held[0].stem}-{held[1].slug}") for held in held_claims()]


@pytest.mark.parametrize(("case", "target", "claim"), parameters())
def test_claim_fails_on_a_mutant(case: CaseInfo, target: Target, claim: str) -> None:
    mutant = mutated(trace_of(case.name, target.spec), *MUTANTS[claim])
    with pytest.raises(AssertionError):
        load_case(case.name).claims[claim](mutant)


def mutated(trace: Trace, pattern: str, replacement: str) -> Trace:
    """The trace with an edit in its source and in each IR. Fails when there is nothing to edit."""
    source = re.sub(pattern, replacement, trace.source)
    texts = {key: re.sub(pattern, replacement, text) for key, text in trace.texts.items()}
    if (source, texts) == (trace.source, dict(trace.texts)):
        pytest.fail(f"the mutation changes nothing: {pattern}")
    return replace(trace, source=source, texts=texts)


def test_every_held_claim_has_a_mutant() -> None:
    assert {claim for _, _, claim in held_claims()} <= set(MUTANTS)
