"""What is known of kernels on devices: wrong ones, each with the page on what was seen, and ones that cannot exist."""

from __future__ import annotations

FINDINGS: dict[tuple[str, str], str] = {
    ("metal/simdgroup_gemm", "cuda:sm_90a"): "docs/findings/device-tma-into-static-shared.md",
    ("regressions/arrivals_of_added_threads", "cuda:sm_90a"): "docs/findings/device-arrivals-of-added-threads.md",
    ("regressions/operand_shared_by_two_groups", "cuda:sm_80"): "docs/findings/two_consumers_one_operand.md",
    ("regressions/operand_shared_by_two_groups", "cuda:sm_90a"): "docs/findings/two_consumers_one_operand.md",
    ("regressions/partial_fill", "cuda:sm_80"): "docs/findings/device-partial-fill.md",
    ("regressions/partial_fill", "cuda:sm_90a"): "docs/findings/device-partial-fill.md",
    ("regressions/read_then_overwrite", "cuda:sm_80"): "docs/findings/device-read-then-overwrite.md",
    ("regressions/read_then_overwrite", "cuda:sm_90a"): "docs/findings/device-read-then-overwrite.md",
}

# Copies of rows of halves: for a row of odd length 0.1.11 asks for cp.async of two bytes, which does not compile.
_ODD_ROWS_ANYWHERE = (
    "dynamic/gemm_tails",
    "hopper/arrive_with_expect",
    "layout/padded_layout",
    "layout/swizzled_layout",
    "pipeline/gemm_one_stage",
    "pipeline/gemm_pipelined",
    "pipeline/gemm_two_stages",
    "pipeline/mixed_tma_cp_async",
    "warp_specialize/consumer_only_init",
    "warp_specialize/gemm_without_warp_specialization",
)
_ODD_ROWS_ON_AMPERE = (
    "metal/simdgroup_gemm",
    "regressions/cleared_scratch",
    "warp_specialize/product_before_the_loop",
)

# What newer lanes get right: wrong values (2), a hang, a store past the end, and kernels that do not compile.
FINDINGS_OF_LANE: dict[str, dict[tuple[str, str], str]] = {
    "0.1.11": {
        ("regressions/consumer_registers", "cuda:sm_90a"): "docs/findings/consumers_thread_offset.md",
        ("regressions/guarded_copies", "cuda:sm_90a"): "docs/findings/consumers_thread_offset.md",
        ("determinism/int4_dequantise_gemm", "cuda:sm_90a"): "docs/findings/bulk_copies.md",
        ("reduce/cumsum", "cuda:sm_90a"): "docs/findings/bulk_copies.md",
        **dict.fromkeys(
            [(case, "cuda:sm_90a") for case in _ODD_ROWS_ANYWHERE]
            + [(case, "cuda:sm_80") for case in (*_ODD_ROWS_ANYWHERE, *_ODD_ROWS_ON_AMPERE)],
            "docs/findings/cp_async_of_two_bytes.md",
        ),
    }
}

# Races that a device may also win: such a kernel is right in many a run, and stays known.
RACES = ("regressions/operand_shared_by_two_groups",)

# Kernels that lower for a target whose hardware lacks the instruction: the compiler of the generated source says so.
UNAVAILABLE: dict[tuple[str, str], str] = {
    ("gather/gather4_rows", "cuda:sm_90a"): "tma_load_gather4 requires sm_100 or later",
    ("gather/gather4_swizzled", "cuda:sm_90a"): "tma_load_gather4 requires sm_100 or later",
    ("fp8/gemm_e4m3", "cuda:sm_80"): "mma of e4m3 requires sm_89 or later; upstream emits an assertion that fails",
}


def finding(case: str, target: str, lane: str) -> str:
    """The page on a case that is known to be wrong on a target with a tilelang version; empty when none is."""
    return {**FINDINGS, **FINDINGS_OF_LANE.get(lane, {})}.get((case, target), "")


def always_wrong(case: str) -> bool:
    """Whether a known case that passes has been mended: a race may be won."""
    return case not in RACES


def unavailable(case: str, target: str) -> str:
    """Why no device of a target can run a case although it lowers; empty when one can."""
    return UNAVAILABLE.get((case, target), "")
