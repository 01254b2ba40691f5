"""tilelang 0.1.11 to 0.1.13: a pipeline.py for each backend, registered with register_pipeline."""

from __future__ import annotations

# Where a pass that no pipeline runs is looked up by name, in this order.
PASS_MODULES = (
    "tilelang.transform",
    "tilelang.cuda.transform",
    "tilelang.metal.transform",
    "tvm.tirx.transform",
    "tvm.s_tir.transform",
)

# Whether T.gemm lowers to Metal.
METAL_GEMM = True
