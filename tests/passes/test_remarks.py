"""What a wrapper says of an execution, on small texts: it speaks when the pass acted, and not otherwise."""

from __future__ import annotations

import pytest

from tests.passes import remark_examples
from tl_passlab.passes import PASSES

ALLOC = '    A_shared = T.sblock_alloc_buffer((64, 32), "float16", scope="shared.dyn")\n'
FRAGMENT = '    C_local = T.sblock_alloc_buffer((64, 64), scope="local.fragment")\n'
PLAIN_LOOP = '    for ko in T.serial(8, annotations={"num_stages": 3}):\n'
PLANNED = (
    '    for ko in T.serial(8, annotations={"software_pipeline_order": [0, 1, 2], '
    '"software_pipeline_stage": [0, 0, 2]}):\n'
)
SPECIALIZED = (
    '    T.attr([128, 256], "kWarpSpecializationScope", 0)\n'
    '    T.sblock_attr({"barrier_init": {mbarrier: [1, 1, 1, 256, 256, 256]}})\n'
)
LAYOUTS = (
    'T.sblock_attr({"layout_map": {A_shared: Layout((3, 64, 32) -> (3, 8, 256): (_i,) = (_i,)), '
    "C_local: Fragment((64, 64) -> (32,): (_i, _j) = (_j,); thread = _i)}})\n"
)

REMARKS = [
    ("InjectSoftwarePipeline", ALLOC, ALLOC.replace("(64, 32)", "(3, 64, 32)"), "A_shared x3"),
    ("InjectSoftwarePipeline", ALLOC, ALLOC, ""),
    ("InjectSoftwarePipeline", ALLOC, ALLOC.replace("(64, 32)", "(3, 32, 64)"), ""),
    ("PipelinePlanning", PLAIN_LOOP, PLANNED, "stages [0, 0, 2], order [0, 1, 2]"),
    ("PipelinePlanning", PLAIN_LOOP, PLAIN_LOOP, ""),
    (
        "ProducerConsumerWarpSpecialized",
        PLAIN_LOOP,
        SPECIALIZED,
        "warp-specialised: 128 producer + 256 consumer threads, 3 stages",
    ),
    ("ProducerConsumerWarpSpecialized", PLAIN_LOOP, PLAIN_LOOP, "not warp-specialised"),
    ("ProducerConsumerWarpSpecialized", ALLOC, ALLOC, ""),
    ("LayoutInference", ALLOC, LAYOUTS, "A_shared (3, 64, 32) -> (3, 8, 256); C_local fragment (64, 64) -> (32,)"),
    ("LayoutInference", LAYOUTS, LAYOUTS, ""),
    ("LowerTileOp", "", "T.tma_load(a)\nT.tma_load(b)\nT.ptx_wgmma_ss(c)\n", "2 tma_load, 1 ptx_wgmma_ss"),
    ("LowerTileOp", "T.tma_load(a)\n", "T.tma_load(a)\nT.tma_load_im2col(b)\n", ""),
    (
        "MetalFragmentToSimdgroup",
        FRAGMENT,
        FRAGMENT.replace("local.fragment", "metal.simdgroup"),
        "1 accumulator(s) in simdgroup matrices",
    ),
    ("MetalFragmentToSimdgroup", FRAGMENT, FRAGMENT, ""),
    *remark_examples.REMARKS,
]


@pytest.mark.parametrize(("name", "before", "after", "expected"), REMARKS)
def test_remark(name: str, before: str, after: str, expected: str) -> None:
    remark = PASSES[name].remark
    assert remark is not None
    assert remark(before, after) == expected


def test_every_remark_on_an_upstream_pass_is_tested_speaking_and_silent() -> None:
    spoken = {name for name, _, _, expected in REMARKS if expected}
    silent = {name for name, _, _, expected in REMARKS if not expected}
    upstream = {name for name, spec in PASSES.items() if spec.remark is not None and not spec.own}
    assert spoken == silent == upstream
