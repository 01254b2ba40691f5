"""GEMM with two stages: while one version of a tile is multiplied, the other is being filled.

What to look at: PipelinePlanning numbers the statements (stage 0 copies, stage 1 multiplies); InjectSoftwarePipeline
peels the first copies and the last product, rotates the versions with `% 2`, and on sm_80 places commit and wait.
ThreadSync makes what others copied visible after each wait; ThreadSync.2 keeps slow readers apart from the next copy.
"""

import re

from cases.pipeline.gemm_pipelined import inputs, kernel, reference  # noqa: F401
from tl_passlab.query import after

TARGETS = ["cuda:sm_80", "metal", "hip:gfx950"]
WATCH = ["PipelinePlanning", "InjectSoftwarePipeline", "ThreadSync", "ThreadSync.2"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 2}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_no_product_reads_an_unawaited_copy(trace):
    """Each product awaits all groups but the one that fills the next version; the last one all of them."""
    if trace.target != "cuda:sm_80":
        return  # TMA barriers on Hopper; synchronous copies elsewhere
    region = after(trace, "InjectSoftwarePipeline")
    (loop,) = region.loops("ko")
    steps = [part.order("ptx_*_group", "gemm") for part in (region.ahead_of(loop), loop, region.past(loop))]
    wanted = [["ptx_commit_group"], ["ptx_commit_group", "ptx_wait_group", "gemm"], ["ptx_wait_group", "gemm"]]
    assert steps == wanted, f"before, in and after the loop: {steps}"
    pending = [op.args[0] for op in region.ops("ptx_wait_group")]
    assert pending == ["1", "0"], f"groups that may be pending in the loop and after it: {pending}"


def claim_barriers_surround_the_product(trace):
    """In the loop, one barrier precedes the copies (write after read), one the product (read after write)."""
    if trace.target != "cuda:sm_80":
        return  # on Metal, 0.1.11 emits no barrier at all
    (loop,) = after(trace, "ThreadSync.2").loops("ko")
    runs = loop.order("tvm_storage_sync", "ptx_wait_group", "ptx_ldmatrix", "ptx_cp_async", runs=True)
    wanted = ["tvm_storage_sync", "ptx_cp_async", "ptx_wait_group", "tvm_storage_sync", "ptx_ldmatrix"]
    assert runs == wanted, f"order in the loop: {runs}"


def claim_mfma_reads_the_version_that_was_filled(trace):
    """In the loop the operands come from version `ko & 1`, in the epilogue from version 1, that of iteration 7."""
    if trace.target != "hip:gfx950":
        return  # gfx942 has one version only; on the other targets the fragments are loaded by address
    reads = re.findall(r"[AB]_local\w*.* = .*[AB]_shared\)(.*);", trace.source)
    versions = ["ko & 1" if "((ko & 1) * 2048)" in r else "1" if "+ 2048)" in r else "0" for r in reads]
    assert versions == ["ko & 1", "ko & 1", "1", "1"], f"versions that MFMA reads: {versions}"


# CHECK-AFTER(InjectSoftwarePipeline, cuda:sm_80): T.ptx_commit_group()
# CHECK: for ko in T.serial(7
# CHECK: T.ptx_commit_group()
# CHECK-NEXT: T.ptx_wait_group(1)
# CHECK: T.gemm({{.*}}A_shared[ko % 2
# CHECK: T.ptx_wait_group(0)
# CHECK: T.gemm(
# CHECK-NOT: T.gemm(
