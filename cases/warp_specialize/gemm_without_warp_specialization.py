"""Warp specialisation switched off: on Hopper the same pipeline falls back to cp.async, but keeps WGMMA.

What to look at: with `tl.disable_warp_specialized` ProducerConsumerWarpSpecialized leaves the pipeline and
InjectSoftwarePipeline does its work, as on sm_80. All 128 threads copy and multiply; there is no mbarrier.
"""

from cases.pipeline.gemm_pipelined import inputs, kernel, reference  # noqa: F401
from tl_passlab.query import source

TARGETS = ["cuda:sm_90a"]
WATCH = ["PipelinePlanning", "InjectSoftwarePipeline", "LayoutInference", "LowerTileOp"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 2}
PASS_CONFIGS = {"tl.disable_warp_specialized": True}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_the_pass_does_not_run(trace):
    """No boundary of ProducerConsumerWarpSpecialized, under either of its names."""
    names = [b.name for b in trace.pipeline() if b.name.startswith("ProducerConsumerWarpSpecialized")]
    assert not names, f"ran although disabled: {names}"


def claim_all_threads_copy_and_multiply(trace):
    """128 threads, cp.async instead of TMA, no mbarrier, one WGMMA in the loop and one in the epilogue."""
    if trace.target != "cuda:sm_90a":
        return  # no WGMMA
    region = source(trace)
    assert "__launch_bounds__(128, 1)" in region.text, "the launch has extra threads"
    assert region.uses("mbarrier") == region.count("tma_load") == 0, "TMA although warp specialisation is off"
    assert region.count("cp_async_gs") == 4, "expected A and B in the prologue and in the loop"
    assert region.count("wgmma_ss") == 2, "expected a WGMMA in the loop and one in the epilogue"
