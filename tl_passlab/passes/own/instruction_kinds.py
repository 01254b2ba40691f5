"""The names: which intrinsic of TIR is which kind of instruction, and how each target's source spells it.

Pure text: the kinds are what a table shows, the spellings what the generated source must contain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# The first kind with an instruction among an operator's is what the operator is: a product that loads its operands by
# ldmatrix is an mma.
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tcgen05", ("ptx_tcgen05_mma_ss", "ptx_tcgen05_mma_ts", "ptx_tcgen05_mma_blockscaled_ss")),
    ("wgmma", ("ptx_wgmma_ss", "ptx_wgmma_rs", "ptx_wgmma_sp_ss", "ptx_wgmma_sp_rs")),
    ("mma", ("ptx_mma", "ptx_mma_sp", "ptx_mma_sm70", "ptx_mma_block_scale")),
    ("mfma", ("tvm_mfma", "tvm_mfma_sp", "tvm_mfma_scaled")),
    ("wmma", ("tvm_rdna_wmma",)),
    ("cooperative tensor", ("cooperative_tensor_multiply_accumulate",)),
    ("simdgroup", ("simdgroup_multiply_accumulate",)),
    ("tma gather4", ("tma_load_gather4",)),
    ("tma scatter4", ("tma_store_scatter4",)),
    ("tma", ("tma_load", "tma_load_multicast", "tma_load_im2col", "tma_store", "tma_store_cluster", "tma_reduce")),
    ("cp.async", ("ptx_cp_async",)),
    ("tcgen05.ld", ("tcgen05_ld",)),
    ("tcgen05.st", ("tcgen05_st",)),
    ("tcgen05.cp", ("ptx_tcgen05_cp_warpx4",)),
    ("ldmatrix", ("ptx_ldmatrix",)),
    ("stmatrix", ("ptx_stmatrix",)),
    ("simdgroup store", ("simdgroup_store",)),
    ("simdgroup load", ("simdgroup_load",)),
    ("simdgroup fill", ("make_filled_simdgroup_matrix",)),
    ("cooperative tensor", ("cooperative_tensor_load", "cooperative_tensor_store", "cooperative_tensor_fill")),
    ("st.bulk", ("ptx_st_bulk_shared",)),
    ("vectorised copy", ("stg32", "stg64", "stg128", "stg256", "sts32", "sts64", "sts128")),
)

# Call names that are no instruction an operator is known by: addresses, descriptors, fences, waits, arithmetic.
MECHANISM = frozenset(
    {
        *("tvm_access_ptr", "access_ptr", "type_annotation", "address_of", "handle_add_byte_offset", "if_then_else"),
        *("shift_left", "shift_right", "bitwise_and", "bitwise_or", "bitwise_xor", "likely", "reinterpret", "infinity"),
        *("tvm_storage_sync", "tl_shuffle_elect", "fence_proxy_async", "mbarrier_expect_tx", "mbarrier_wait_parity"),
        *("ptx_arrive_barrier", "ptx_arrive_barrier_expect_tx", "ptx_commit_group", "ptx_wait_group"),
        *("tma_store_arrive", "tma_store_wait", "warpgroup_arrive", "warpgroup_commit_batch", "warpgroup_wait"),
        *("warpgroup_fence_operand", "initialize_wgmma_descriptor", "increase_descriptor_offset", "exp2", "exp", "max"),
        *(
            "initialize_tcgen05_descriptor",
            "tcgen05_mma_arrive",
            "tcgen05_before_thread_sync",
            "ptx_fence_barrier_init",
        ),
        *(
            "tcgen05_after_thread_sync",
            "ptx_cp_async_barrier_noinc",
            "ptx_cp_async_barrier",
            "add2",
            "max2",
            "mul2",
            "pack_b16",
        ),
    }
)

_CUDA: Mapping[str, str] = {
    "tma_load": r"tl::tma_load(?:_2sm)?[<(]",
    "tma_load_multicast": r"tl::tma_load_multicast[<(]",
    "tma_load_im2col": r"tl::tma_load_im2col[<(]",
    "tma_load_gather4": r"tl::tma_load_gather4[<(]",
    "tma_store": r"tl::tma_store(?:_add)?[<(]",
    "tma_store_scatter4": r"tl::tma_store_scatter4[<(]",
    "tma_store_cluster": r"tl::tma_store_cluster\(",
    "ptx_cp_async": r"tl::cp_async_gs(?:_conditional)?<",
    "ptx_ldmatrix": r"tl::ptx_ldmatrix_x\d",
    "ptx_stmatrix": r"tl::ptx_stmatrix_\w*x\d",
    "ptx_mma": r"tl::mma_sync<",
    "ptx_mma_sp": r"tl::mma_sp_sync<",
    "ptx_mma_sm70": r"tl::mma_sync_sm70<",
    "ptx_mma_block_scale": r"tl::sm120_mma_sync_blockscaled<",
    "ptx_wgmma_ss": r"tl::wgmma_ss<",
    "ptx_wgmma_rs": r"tl::wgmma_rs<",
    "ptx_wgmma_sp_ss": r"tl::wgmma_sp_ss<",
    "ptx_wgmma_sp_rs": r"tl::wgmma_sp_rs<",
    "ptx_tcgen05_mma_ss": r"tl::tcgen05mma_(?:ws_)?ss<",
    "ptx_tcgen05_mma_ts": r"tl::tcgen05mma_ts<",
    "ptx_tcgen05_mma_blockscaled_ss": r"tl::tcgen05mma_blockscaled_ss<",
    "ptx_tcgen05_cp_warpx4": r"tl::tcgen05_cp<",
    "tcgen05_ld": r"tl::tcgen05_ld_\w+<",
    "tcgen05_st": r"tl::tcgen05_st_\w+<",
    "ptx_st_bulk_shared": r"tl::st_bulk_shared<",
    **{f"stg{bits}": rf"tl::store_global_{bits}(?:_conditional)?\(" for bits in (32, 64, 128, 256)},
    **{f"sts{bits}": rf"tl::store_shared_{bits}\(" for bits in (32, 64, 128)},
}
_METAL: Mapping[str, str] = {
    "simdgroup_multiply_accumulate": r"simdgroup_multiply_accumulate\(",
    "simdgroup_load": r"simdgroup_load\(",
    "simdgroup_store": r"simdgroup_store\(",
    "make_filled_simdgroup_matrix": r"make_filled_simdgroup_matrix<",
}
_HIP: Mapping[str, str] = {
    "tvm_mfma": r"__builtin_amdgcn_mfma_(?!scale)",
    "tvm_mfma_scaled": r"__builtin_amdgcn_mfma_scale",
    "tvm_rdna_wmma": r"__builtin_amdgcn_wmma_",
    "ptx_cp_async": r"tl::cp_async_gs(?:_conditional)?<",
}
SPELLINGS: Mapping[str, Mapping[str, str]] = {"cuda": _CUDA, "metal": _METAL, "hip": _HIP, "c": {}}


def spelling(name: str, target_kind: str) -> str:
    """The pattern of an instruction in that target's source; empty where it is not known how it is spelled.

    An external function is spelled as it is called.
    """
    known = SPELLINGS[target_kind].get(name)
    return known if known is not None else (re.escape(name) if "::" in name else "")


def kind_of(operator: str, instructions: Mapping[str, int], lanes: int | None) -> str:
    """The kind of what an operator became: its first known instruction's, else how it accesses memory.

    `lanes` is the widest store in elements, None without any store.
    """
    for kind, names in KINDS:
        if any(name in instructions for name in names):
            return kind
    called = next((name for name in instructions if "::" in name), "")
    if called:
        return "all-reduce" if "AllReduce" in called else called.partition("<")[0]
    if any("tomic" in name for name in instructions):
        return "atomic"
    if lanes is None:
        return "nothing"
    if operator.startswith("gemm"):
        return "fma"
    noun = "copy" if "copy" in operator else "loop"
    return f"{'vectorised' if lanes > 1 else 'scalar'} {noun}"
