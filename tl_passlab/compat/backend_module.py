"""tilelang 0.1.14 and 0.1.15: a BackendModule for each backend; instruments join a compile session."""

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
