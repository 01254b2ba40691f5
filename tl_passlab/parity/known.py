"""What is known of kernels on devices: wrong ones, each with the page on what was seen, and ones that cannot exist."""

from __future__ import annotations

FINDINGS: dict[tuple[str, str], str] = {
    ("metal/simdgroup_gemm", "cuda:sm_90a"): "docs/findings/device-tma-into-static-shared.md",
    ("regressions/arrivals_of_added_threads", "cuda:sm_90a"): "docs/findings/device-arrivals-of-added-threads.md",
    ("regressions/partial_fill", "cuda:sm_80"): "docs/findings/device-partial-fill.md",
    ("regressions/partial_fill", "cuda:sm_90a"): "docs/findings/device-partial-fill.md",
    ("regressions/read_then_overwrite", "cuda:sm_80"): "docs/findings/device-read-then-overwrite.md",
    ("regressions/read_then_overwrite", "cuda:sm_90a"): "docs/findings/device-read-then-overwrite.md",
}

# Kernels that lower for a target whose hardware lacks the instruction: the compiler of the generated source says so.
UNAVAILABLE: dict[tuple[str, str], str] = {
    ("gather/gather4_rows", "cuda:sm_90a"): "tma_load_gather4 requires sm_100 or later",
    ("gather/gather4_swizzled", "cuda:sm_90a"): "tma_load_gather4 requires sm_100 or later",
}


def finding(case: str, target: str) -> str:
    """The page on a case that is known to be wrong on a target; empty when none is."""
    return FINDINGS.get((case, target), "")


def unavailable(case: str, target: str) -> str:
    """Why no device of a target can run a case although it lowers; empty when one can."""
    return UNAVAILABLE.get((case, target), "")
