"""GEMM with two stages: while one version of a tile is multiplied, the other is being filled.

What to look at: PipelinePlanning numbers the statements (stage 0 copies, stage 1 multiplies); InjectSoftwarePipeline
peels the first copies and the last product, rotates the versions with `% 2`, and on sm_80 places commit and wait.
ThreadSync makes what others copied visible after each wait; ThreadSync.2 keeps slow readers apart from the next copy.
"""

import re

from cases.pipeline.gemm_pipelined import inputs, kernel, reference  # noqa: F401

TARGETS = ["cuda:sm_80", "metal", "hip:gfx950"]
WATCH = ["PipelinePlanning", "InjectSoftwarePipeline", "ThreadSync", "ThreadSync.2"]
SIZES = {"M": 128, "N": 128, "K": 256, "num_stages": 2}
NOT_ON = {"c": "LayoutInference finds no layout for the accumulator fragment"}


def claim_no_product_reads_an_unawaited_copy(trace):
    """Replaying the pipeline, the group that filled a version is complete before the product that reads it."""
    if trace.target != "cuda:sm_80":
        return  # TMA barriers on Hopper; synchronous copies elsewhere
    text = trace.after("InjectSoftwarePipeline")
    trips = int(re.search(r"for ko in T\.serial\((\d+)", text)[1])
    before, body, after = re.split(r"(?m)^ *for ko in [^\n]*\n((?:.*\n)*?.*T\.gemm[^\n]*\n)", text)
    committed = completed = products = 0
    for piece in [before, *[body] * trips, after]:
        for op, pending in re.findall(r"T\.(ptx_commit_group|ptx_wait_group|gemm)\((\d*)", piece):
            committed += op == "ptx_commit_group"
            completed = committed - int(pending) if op == "ptx_wait_group" else completed
            products += op == "gemm"
            assert op != "gemm" or completed >= products, f"product {products} reads a copy that is in flight"
    assert products == committed == trace.sizes["K"] // 32, f"{committed} groups of copies, {products} products"


def claim_barriers_surround_the_product(trace):
    """In the loop, one barrier precedes the copies (write after read), one the product (read after write)."""
    if trace.target != "cuda:sm_80":
        return  # on Metal, 0.1.11 emits no barrier at all
    loop = trace.after("ThreadSync.2").partition("for ko in")[2]
    order = re.findall(r"T\.(tvm_storage_sync|ptx_wait_group|ptx_ldmatrix|ptx_cp_async)\(", loop)
    runs = [op for i, op in enumerate(order) if i == 0 or order[i - 1] != op]
    wanted = ["tvm_storage_sync", "ptx_cp_async", "ptx_wait_group", "tvm_storage_sync", "ptx_ldmatrix"]
    assert runs[:5] == wanted, f"order in the loop: {runs}"


def claim_mfma_reads_the_version_that_was_filled(trace):
    """In the loop the operands come from version `ko & 1`, in the epilogue from version 1, that of iteration 7."""
    if trace.target != "hip:gfx950":
        return  # gfx942 has one version only; on the other targets the fragments are loaded by address
    reads = re.findall(r"[AB]_local\w*.* = .*[AB]_shared\)(.*);", trace.source)
    versions = ["ko & 1" if "((ko & 1) * 2048)" in r else "1" if "+ 2048)" in r else "0" for r in reads]
    assert versions == ["ko & 1", "ko & 1", "1", "1"], f"versions that MFMA reads: {versions}"
