"""For every check of a wrapper: an execution that keeps the invariant, and one that breaks it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A pass, one of its checks by a piece of its name, the text before, a right text after and a wrong one."""

    pass_name: str
    check: str
    before: str
    right: str
    wrong: str


_EXPECT = "T.mbarrier_expect_tx(mbarrier_1[0], T.int64(8192))\nT.tma_load(desc, mbarrier_1[0], 0)\n"
_ARRIVE = "T.ptx_arrive_barrier(mbarrier_1[0])\n"
_FUSED = "T.ptx_arrive_barrier_expect_tx(mbarrier_1[0], T.int64(8192))\nT.tma_load(desc, mbarrier_1[0], 0)\n"

_DECLARED = 'T.sblock_attr({"barrier_init": {mbarrier: [1, 128]}})\n'
_INIT = "T.ptx_init_barrier_thread_count(mbarrier_1[0], 1)\nT.ptx_init_barrier_thread_count(mbarrier_1[1], 128)\n"
_PUBLISH = 'T.ptx_fence_barrier_init()\nT.tvm_storage_sync("shared")\n'
_WAIT = "T.mbarrier_wait_parity(mbarrier_1[0], 0)\n"

_DESCRIPTOR = "T.tma_load(T.create_tma_descriptor(6, 2, A.data, 64, T.int64(2)), mbarrier[0], 0)\n"
_ON_HOST = 'T.call_packed("__tvm_tensormap_create_tiled", A_desc, 6, 2, A, 64, 2)\n'
_PREFETCH = "T.prefetch_tma_descriptor(A_desc)\n"
_WITH_DESC = "T.tma_load(A_desc, mbarrier[0], 0)\n"

_SHARED = 'C_shared = T.alloc_buffer((64,), scope="shared.dyn")\n'
_STORE = "C_shared[tx] = C_local[0]\n"
_TMA_STORE = "T.tma_store(desc, 0)\n"
_FENCE = "T.fence_proxy_async()\n"

_ACCESS = "A_shared[tx] = A[tx]\nB[tx] = A_shared[127 - tx]\n"
_SYNC = 'T.tvm_storage_sync("shared")\n'

_TWO = (
    'A_shared = T.alloc_buffer((64,), "float32", scope="shared.dyn")\n'
    'B_shared = T.alloc_buffer((64,), "float32", scope="shared.dyn")\n'
)
_ALIGNED = 'T.func_attr({"tl.smem_alignment_map": {"A_shared": 128, "B_shared": 128}})\n'


def _arena(first: int, second: int, size: int = 512) -> str:
    return (
        f'buf = T.alloc_buffer(({size},), "uint8", scope="shared.dyn")\n'
        f'A_shared: T.handle("float32", "shared.dyn") = T.handle_add_byte_offset(buf.data, {first})\n'
        f'B_shared: T.handle("float32", "shared.dyn") = T.handle_add_byte_offset(buf.data, {second})\n'
    )


_BOTH_IN_USE = "A_shared[0] = 1\nB_shared[0] = 2\nx = A_shared[0] + B_shared[0]\n"
_ONE_AFTER_THE_OTHER = "A_shared[0] = 1\nx = A_shared[0]\nB_shared[0] = 2\ny = B_shared[0]\n"

_ASKED = 'T.sblock_attr({"l2_hit_ratio_map": {A.data: T.float32(0.5)}})\n'
_GIVEN = 'T.func_attr({"l2_persistent_map": {"A": [T.float32(0.5), T.int64(1024)]}})\n'

_KERNEL = "@T.prim_func\nT.sync_grid()\n"
_COOPERATIVE = '@T.prim_func\nT.func_attr({"use_cooperative_groups": 1})\nT.sync_grid()\n'

_ALLREDUCE = "T.tvm_thread_allreduce(T.uint32(1), A[tx], T.bool(True), total[0], tx)\n"
_TREE = "".join(f"t0[0] = T.tvm_warp_shuffle_down(mask[0], r[0], {d}, 32, 32)\n" for d in (16, 8, 4, 2, 1))

_LISTED = 'T.func_attr({"tl.non_restrict_params": []})\nT.sblock_attr({"tl.non_restrict_params": [A.data, B.data]})\n'
_HOISTED = 'T.func_attr({"tl.non_restrict_params": [A, B]})\nT.sblock_attr({"tl.non_restrict_params": [A, B]})\n'

_REDUCER = (
    'total = T.sblock_alloc_buffer((64,), data=total.data, scope="local.reducer")\nT.reducer_init(total)\n'
    "T.reducer_update(total[i], A[i])\nT.finalize_reducer_v2(total, result)\n"
)
_MATERIAL = "T.fill(total, 0)\ntotal[i] = total[i] + A[i]\nT.finalize_reducer(total, 0)\nT.copy(total, result)\n"

_NUMBERED = (
    '    T.attr(0, "tl.ws_op_id", 1)\n    T.copy(A, A_shared)\n    T.attr(0, "tl.ws_op_id", 2)\n    T.gemm(A_shared)\n'
)
_SCHEDULE = 'T.sblock_attr({"tl.ws_schedule": 1})\nT.copy(A, A_shared)\n'
_ROLES = "T.mbarrier_wait_parity(full[0], 0)\nT.ptx_arrive_barrier(full[0])\n"

_FRAGMENT = 'C_local = T.sblock_alloc_buffer((64, 64), scope="local.fragment")\n'
_REFERRED = 'T.sblock_attr({"layout_map": {C_local: metadata["tl.Fragment"][0]}})\n'
_CP_ASYNC = "T.ptx_cp_async(A_shared.data, 0, A.data, 0, 16)\n"
_TMA_LOAD = (
    'mbarrier_1 = T.sblock_alloc_buffer((1,), "uint64", data=mbarrier, scope="shared.barrier")\n'
    "T.tma_load(desc, mbarrier_1[0], T.tvm_access_ptr(0), 0, 0)\n"
)
_GATHER = (
    "    T.mbarrier_expect_tx(done[0], 512)\n"
    "    T.copy(T.region(A[0, 0], 1, 4, 64), T.region(tile[0, 0], 2, 4, 64), is_gather4=T.bool(True), "
    "gather4_rows=[r[0], r[1], r[2], r[3]], gather4_col=0, barrier=done[0], eviction_policy=0)\n"
)


def _gathered(rows: str = "r[0], r[1], r[2], r[3]", box: str = "64, 1", announced: int = 512) -> str:
    return (
        f"    T.mbarrier_expect_tx(done[0], {announced})\n"
        f"    T.tma_load_gather4(T.create_tma_descriptor(6, 2, A.data, 64, 128, T.int64(2), T.int64(128), {box}, 1, 1, "
        '0, 0, 2, 0), done[0], T.tvm_access_ptr(T.type_annotation("float16"), tile.data, 0, 256, 2), 0, '
        f"{rows}, 0)\n"
    )


_LOOPS = (
    'A_shared = T.sblock_alloc_buffer((64, 64), scope="shared.dyn")\n'
    'A_shared_3_stages = T.sblock_alloc_buffer((64, 64), scope="shared.dyn")\n'
    'for ko in T.serial(2, annotations={"num_stages": 2}):\n    T.copy(A, A_shared)\n'
    'for ko in T.serial(2, annotations={"num_stages": 3}):\n    T.copy(A, A_shared_3_stages)\n'
)
_BY_HAND = (
    'for ko in T.serial(8, annotations={"tl_pipeline_order": [1, 0, 2], "tl_pipeline_stage": [0, 0, 1]}):\n'
    "    T.copy(T.region(A[0], 1, 64), T.region(A_shared[0], 2, 64))\n"
    "    T.copy(T.region(B[0], 1, 64), T.region(B_shared[0], 2, 64))\n"
    "    T.gemm(T.region(A_shared[0], 1, 64), T.region(B_shared[0], 1, 64))\n"
)
_PLANNED = _BY_HAND.replace("tl_pipeline_", "software_pipeline_")
# A binding is computed again in every stage: the plan has no entry for it, the user's has.
_BOUND = (
    _BY_HAND.replace("[1, 0, 2]", "[0, 2, 1, 3]")
    .replace("[0, 0, 1]", "[0, 0, 0, 1]")
    .replace("    T", "    k = A[0]\n    T", 1)
)
_BOUND_PLAN = _PLANNED.replace("    T", "    k = A[0]\n    T", 1).replace(
    "annotations={", 'annotations={"software_pipeline_replayable_scalar_binds": [1, 0, 0, 0], '
)
_COPY = "    T.copy(T.region(A[0, 0], 1, 64, 32), T.region(A_shared[0, 0], 2, 64, 32)"

EXAMPLES = (
    Example("PipelinePlanning", "by hand", _BY_HAND, _PLANNED, _PLANNED.replace("[1, 0, 2]", "[0, 1, 2]")),
    Example("PipelinePlanning", "by hand", _BY_HAND, _PLANNED, _PLANNED.replace("[0, 0, 1]", "[0, 0, 2]")),
    Example("PipelinePlanning", "by hand", _BOUND, _BOUND_PLAN, _BOUND_PLAN.replace("[0, 0, 1]", "[0, 1, 1]")),
    Example("PipelinePlanning", "one entry", _BOUND, _BOUND_PLAN, _BOUND_PLAN.replace("[0, 0, 1]", "[0, 0, 0, 1]")),
    Example("FuseMBarrierArriveExpectTx", "arrived at", _EXPECT + _ARRIVE, _FUSED, _FUSED + _ARRIVE),
    Example("FuseMBarrierArriveExpectTx", "bytes", _EXPECT + _ARRIVE, _FUSED, _FUSED.replace("8192", "4096")),
    Example("FuseMBarrierArriveExpectTx", "TMA load", _EXPECT + _ARRIVE, _FUSED, _FUSED.partition("\n")[0]),
    Example("LowerSharedBarrier", "with its count", _DECLARED, _INIT + _PUBLISH, _INIT.replace("128", "64") + _PUBLISH),
    Example("LowerSharedBarrier", "first use", _DECLARED, _INIT + _PUBLISH + _WAIT, _INIT + _WAIT + _PUBLISH),
    Example("LowerHopperIntrin", "one host-side", _DESCRIPTOR, _ON_HOST + _WITH_DESC, _ON_HOST * 2 + _WITH_DESC),
    Example("LowerHopperIntrin", "no descriptor is built", _DESCRIPTOR, _ON_HOST + _WITH_DESC, _ON_HOST + _DESCRIPTOR),
    Example("LowerHopperIntrin", "prefetched", _DESCRIPTOR, _ON_HOST + _PREFETCH, _ON_HOST),
    Example("InjectFenceProxy", "only fences", _STORE + _TMA_STORE, _STORE + _FENCE + _TMA_STORE, _FENCE + _TMA_STORE),
    Example(
        "InjectFenceProxy",
        "no asynchronous read",
        _SHARED + _STORE + _TMA_STORE,
        _SHARED + _STORE + _FENCE + _TMA_STORE,
        _SHARED + _FENCE + _STORE + _TMA_STORE,
    ),
    Example("ThreadSync", "only barriers", _ACCESS, _ACCESS.replace("B[", _SYNC + "B["), _SYNC),
    Example("ThreadSync", "condition", "", f"if bx < 1:\n    {_SYNC}", f"if tx < 128:\n    {_SYNC}"),
    Example("ThreadSync", "condition", "", f"if tx < 1:\n    x\n{_SYNC}", f"if tx < 1:\n    x\nelse:\n    {_SYNC}"),
    Example(
        "MergeSharedMemoryAllocations",
        "in use at once",
        _TWO,
        _arena(0, 0) + _ONE_AFTER_THE_OTHER,
        _arena(0, 128) + _BOTH_IN_USE,
    ),
    Example("MergeSharedMemoryAllocations", "within the arena", _TWO, _arena(0, 256), _arena(0, 256, size=384)),
    Example("MergeSharedMemoryAllocations", "alignment", _ALIGNED + _TWO, _arena(0, 256), _arena(0, 272)),
    Example("LowerL2Persistent", "has an entry", _ASKED, _GIVEN, _GIVEN.replace("0.5", "0.25")),
    Example("LowerL2Persistent", "no block asks", _ASKED, _GIVEN, _GIVEN + _ASKED),
    Example("PersistThreadblock", "is marked", _KERNEL, _COOPERATIVE, _KERNEL),
    Example(
        "PersistThreadblock", "is marked", "@T.prim_func\n", "@T.prim_func\n", _COOPERATIVE.replace("T.sync_grid()", "")
    ),
    Example("PersistThreadblock", "the body", _KERNEL, _COOPERATIVE, _COOPERATIVE + "T.sync_grid()\n"),
    Example("LowerThreadAllreduce", "is left", _ALLREDUCE, _TREE, _TREE + _ALLREDUCE),
    Example("LowerThreadAllreduce", "halves", _ALLREDUCE, _TREE, _TREE.replace("4, 32, 32", "3, 32, 32")),
    Example("LowerThreadAllreduce", "halves", _ALLREDUCE, _TREE, _TREE.rpartition("t0")[0]),
    Example("HoistNonRestrictParams", "block lists", _LISTED, _HOISTED, _HOISTED.replace("[A, B]", "[A]", 1)),
    Example("HoistNonRestrictParams", "statements", _LISTED + _ACCESS, _HOISTED + _ACCESS, _HOISTED + _ACCESS + _SYNC),
    Example(
        "LowerL2Persistent", "statements", _ASKED + _ACCESS, _GIVEN + _ACCESS, _GIVEN + _ACCESS.replace("127", "0")
    ),
    Example("LowerHopperIntrin", "TMA copy", _DESCRIPTOR, _ON_HOST + _WITH_DESC, _ON_HOST + _WITH_DESC * 2),
    Example("HoistNonRestrictParams", "once", _LISTED, _HOISTED, _HOISTED.replace("[A, B]", "[A, B, A]", 1)),
    Example("ReducerPlanAndMaterialize", "is left", _REDUCER, _MATERIAL, _MATERIAL + "T.reducer_update(total[i], 1)\n"),
    Example("ReducerPlanAndMaterialize", "as many epochs", _REDUCER, _MATERIAL, _MATERIAL.partition("T.finalize")[0]),
    Example("AutoWarpSpecialization", "names one", "", _NUMBERED, _NUMBERED.replace(", 2)", ", 1)")),
    Example("AutoWarpSpecialization", "tile operators", _NUMBERED, _NUMBERED, _NUMBERED.partition("    T.gemm")[0]),
    Example("MaterializeWSSchedule", "is left", _SCHEDULE, _ROLES, _ROLES + _SCHEDULE),
    Example("MaterializeWSSchedule", "has arrivals", _SCHEDULE, _ROLES, _ROLES.partition("T.ptx")[0]),
    Example("LowerTileOp", "no tl.tileop", _COPY + ")\n", "A_shared[0] = A[0]\n", _COPY + ")\n"),
    Example(
        "LayoutInference", "every fragment", _FRAGMENT, _REFERRED + _FRAGMENT, _REFERRED.replace("C_", "D_") + _FRAGMENT
    ),
    Example("LowerTileOp", "register buffer", _FRAGMENT, _FRAGMENT.replace(".fragment", ""), _FRAGMENT),
    Example("LowerTileOp", "has a wait", "", _CP_ASYNC + "T.ptx_wait_group(0)\n", "T.ptx_wait_group(0)\n" + _CP_ASYNC),
    Example("LowerTileOp", "has a wait", "", _TMA_LOAD + _WAIT, _TMA_LOAD + _WAIT.replace("mbarrier_1[0]", "other[0]")),
    Example("LowerTileOp", "has a wait", "", _TMA_STORE + "T.tma_store_wait(0)\n", _TMA_STORE),
    Example("LowerTileOp", "one instruction", _GATHER, _gathered(), _gathered(rows="r[1], r[0], r[2], r[3]")),
    Example("LowerTileOp", "one instruction", _GATHER, _gathered(), _gathered() * 2),
    Example("LowerTileOp", "the box", _GATHER, _gathered(), _gathered(box="64, 4")),
    Example("LowerTileOp", "announced", _GATHER, _gathered(), _gathered(announced=256)),
    Example(
        "passlab.InstructionAnnotation",
        "statements",
        _COPY + ")\n",
        _COPY + ', tl_instruction_kind="tma", tl_instructions="1 tma_load")\n',
        _COPY.replace("64, 32", "64, 16", 1) + ', tl_instruction_kind="tma")\n',
    ),
    Example(
        "InstructionAnnotation",
        "statements",
        _COPY + ")\n",
        _COPY + ', annotations={"tl_instruction_kind": "sync"})\n',
        _COPY.replace("T.copy", "T.fill") + ', annotations={"tl_instruction_kind": "sync"})\n',
    ),
    Example(
        "passlab.SeparatePipelineVersions",
        "laid out as",
        _LOOPS.partition("A_shared_3")[0],
        _LOOPS,
        _LOOPS.replace(
            "A_shared_3_stages = T.sblock_alloc_buffer((64, 64)", "A_shared_3_stages = T.sblock_alloc_buffer((64, 72)"
        ),
    ),
    Example(
        "passlab.SeparatePipelineVersions",
        "no shared buffer",
        "",
        _LOOPS,
        _LOOPS.replace("A, A_shared_3_stages", "A, A_shared"),
    ),
)
