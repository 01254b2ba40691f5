"""Attributes of statements that mean nothing to an execution; any other that is not understood is unsupported."""

from __future__ import annotations

IGNORED_ATTRIBUTES = {
    "kWarpSpecializationScope",
    "warp_specialize",
    "kCustomWarpSpecialization",
    "lexical_alloc_scope",
    "storage_alignment",
    "threadblock_swizzle_pattern",
    "pragma_unroll_explicit",
    "pragma_auto_unroll_max_step",
    "realize_scope",
    "compute_scope",
    "device_id",
    "device_type",
    "device_scope",
    "target",
    "tl.assume",
    "tirx.assume",
    "software_pipeline_stage",
    "software_pipeline_order",
    "async_scope",
    "tl.pipeline_context_num_stages",
    "tl.smem_persistent",
}
IGNORED_PREFIXES = ("pragma_", "tl.pipeline_")


def ignored_attribute(key: str) -> bool:
    """Whether an attribute means nothing to an execution."""
    return key in IGNORED_ATTRIBUTES or key.startswith(IGNORED_PREFIXES)
