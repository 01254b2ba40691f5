"""MetalFragmentToSimdgroup: moves the accumulators of a Metal GEMM from fragments into simdgroup matrices.

What it does: a `local.fragment` buffer that is the accumulator of a gemm changes its scope to `metal.simdgroup`, so
that LowerTileOp emits simdgroup_multiply_accumulate on 8x8 tiles. It is a Python pass object, not a factory.

Example input:
    C_local = T.sblock_alloc_buffer((64, 64), scope="local.fragment")
Example output:
    C_local = T.sblock_alloc_buffer((64, 64), scope="metal.simdgroup")

Invariants after: only gemm accumulators changed scope; shapes and dtypes are those of the input.
"""

from __future__ import annotations

from tl_passlab.passes.spec import PassSpec


def remark(before: str, after: str) -> str:
    """`1 accumulator in simdgroup matrices`."""
    count = after.count('scope="metal.simdgroup"') - before.count('scope="metal.simdgroup"')
    return f"{count} accumulator(s) in simdgroup matrices" if count else ""


SPEC = PassSpec(
    name="MetalFragmentToSimdgroup",
    summary="move the accumulators of a Metal GEMM into simdgroup matrices",
    kinds=("metal",),
    requires=("tirx.BindTarget", "InjectSoftwarePipeline"),
    invariants=("only gemm accumulators change scope", "shapes and dtypes stay"),
    remark=remark,
)
