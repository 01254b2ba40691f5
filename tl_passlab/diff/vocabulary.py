"""What operations, attributes and declarations mean: the words by which a difference gets its class.

Names are upstream's, compared without `T.`, `tl::` and the like. A name that is in no list makes its statement
`unclassified`, never cosmetic.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SYNCHRONISATION = re.compile(
    r"(?:^|_)(?:sync\w*|barrier\w*|mbarrier\w*|fence\w*|wait\w*|arrive\w*|commit\w*|expect_tx|expect_transaction"
    r"|syncthreads\w*|syncwarp|threadfence\w*|s?waitcnt|bar|membar)(?:_|$)|^init$"
)
_EXCHANGE = re.compile(r"shfl|ballot|any_sync|all_sync|match_any|match_all|activemask|warp_reduce")
_ASYNC_COPY = re.compile(r"cp_async|tma_load|tma_store|tma_copy|tma_gather4|tma_scatter4|async_copy|cluster_store|tma_")
_MATRIX = re.compile(
    r"^(?:ptx_)?(?:\w*mma\w*|\w*mfma\w*|wgmma\w*|\w*gemm\w*|tcgen05_(?:mma|ld|st|cp)\w*|ldmatrix\w*|stmatrix\w*"
    r"|simdgroup_\w+|make_filled_simdgroup_matrix|cooperative_tensor_\w+|dp4a\w*|initialize_\w*descriptor"
    r"|increase_descriptor_offset|ldsm\w*|ds_read_\w+)$"
)
_ALLOCATION = re.compile(
    r"^(?:alloc_\w+|allocate\w*|sblock_alloc_buffer|decl_buffer|Buffer|match_buffer|handle_add_byte_offset"
    r"|tvm_stack_\w+|handle|\w*init_tensor_memory|deallocate_tmem|Tensor|empty)$"
)
_LAUNCH = re.compile(
    r"^(?:launch_thread\w*|thread_binding|env_thread|set_max_nreg|no_set_max_nreg|warpgroup_reg_\w+|Kernel)$"
)
_LAYOUT = re.compile(
    r"^(?:Layout|Fragment|annotate_layout|use_swizzle|rasterization2D\w*|make_swizzled_layout|SwizzleLayout)$"
)
_CAST = re.compile(r"^(?:Cast|cast|reinterpret|reinterpret_cast|static_cast|type_annotation|astype|as_type)$")
_DTYPE = re.compile(r"^(?:u?int|float|bfloat|bool|half|e\dm\d)(?:\d+\w*)?$|^boolean$|^u?(?:char|short|long)$")
_LOOP = re.compile(
    r"^(?:range|serial|unroll|vectorized|parallel|grid|Parallel|Pipelined|Persistent|Unroll|thread_binding)$"
)
_COPY = re.compile(
    r"^(?:copy|transpose|c2d_im2col|im2col|fill|clear|ld[gs]\d*|st[gs]\d*|ldg\w*|prefetch_tma_descriptor)$"
)
_MATHS = re.compile(
    r"^(?:exp\d*|log\d*|sqrt|rsqrt|sin|cos|tan\w*|sigmoid|erf|max\w*|min\w*|abs|fabs|pow|floor|ceil|round|trunc|fma\w*"
    r"|reduce\w*|cumsum\w*|cummax\w*|finalize_reducer|reducer_\w+|clamp|add2|mul2|sub2|fmul|bitwise_\w+|shift_\w+|Div|Mul"
    r"|Add|Sub|FloorDiv|FloorMod|truncmod|truncdiv|floormod|floordiv|Max|Min|Select|ieee_\w+|infinity|atomic_\w+|Atomic\w+)$"
)
_PREDICATE = re.compile(
    r"^(?:if_then_else|Select|where|assume|likely|And|Or|Not|EQ|NE|LT|LE|GT|GE|shuffle_elect|tl_shuffle_elect)$"
)


@lru_cache(maxsize=4_096)
def operation_class(name: str) -> str:
    """The class of a difference that adds, removes or replaces a call of this operation; "" when it says nothing."""
    # `sync` in these says that the whole warp executes the instruction, not that it waits for memory.
    name = name.replace("mma_sync", "mma").replace("matrix_sync", "matrix")
    if _ALLOCATION.match(name):
        return "allocation / scope"
    if _EXCHANGE.search(name):
        return "instruction selection"
    if _SYNCHRONISATION.search(name):
        return "synchronisation"
    if _MATRIX.match(name):
        return "instruction selection"
    for pattern, kind in (
        (_ASYNC_COPY, "async copy"),
        (_LAUNCH, "launch configuration"),
        (_LAYOUT, "layout"),
        (_CAST, "type / cast"),
        (_DTYPE, "type / cast"),
        (_LOOP, "loop structure"),
        (_COPY, "memory access"),
        (_PREDICATE, "predicate"),
        (_MATHS, "arithmetic"),
    ):
        if pattern.search(name):
            return kind
    return ""


_KEYS = (
    (re.compile(r"layout|swizzle|padding|axis_separators|strides"), "layout"),
    (re.compile(r"num_stages|software_pipeline|pipeline|parity|phase|stage|multi_version"), "pipeline stage / parity"),
    (re.compile(r"barrier|emit_arrive|arrive|sync|mbar|wait|fence"), "synchronisation"),
    (re.compile(r"async|is_tma|tma_descriptor|^\"?tma"), "async copy"),
    (
        re.compile(
            r"thread_extent|launch|dyn_shared_memory|cluster_dim|min_blocks|threads$|warp_?[sS]pecial|num_warps|nreg"
        ),
        "launch configuration",
    ),
    (re.compile(r"smem_alignment|scope$|alignment"), "allocation / scope"),
)


@lru_cache(maxsize=4_096)
def key_class(key: str) -> str:
    """The class of a difference in the value of this attribute or keyword; `attribute` when nothing is known of it."""
    bare = key.strip("\"'")
    for pattern, kind in _KEYS:
        if pattern.search(bare):
            return kind
    return "attribute"


def is_dtype(text: str) -> bool:
    """Whether a string or a name is a data type: `float16`, `"int32"`, `half_t`, `float4`."""
    bare = text.strip("\"'").removesuffix("_t").rsplit(".", 1)[-1]
    return bool(_DTYPE.match(bare)) or bool(
        re.fullmatch(r"(?:u?int|float|half|bfloat16|bfloat|uchar)\d?(?:x\d+)?(?:_t)?\*?", bare)
    )


def is_matrix(name: str) -> bool:
    """Whether an operation is a matrix instruction, or a tile operation that becomes one."""
    return bool(_MATRIX.match(name)) and not name.startswith(("make_filled",))


def is_copy(name: str) -> bool:
    """Whether an operation moves data, asynchronously or not."""
    return bool(_ASYNC_COPY.search(name) or _COPY.match(name) or "ldmatrix" in name or "stmatrix" in name)
