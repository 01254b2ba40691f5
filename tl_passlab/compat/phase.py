"""tilelang 0.1.10: one pipeline in engine/phase.py; backend passes still live in tilelang.transform."""

from __future__ import annotations

# Where a pass that no pipeline runs is looked up by name, in this order.
PASS_MODULES = ("tilelang.transform", "tilelang.metal.transform", "tvm.tirx.transform", "tvm.s_tir.transform")

# Whether T.gemm lowers to Metal.
METAL_GEMM = False
