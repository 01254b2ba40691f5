"""The passes that need no more than a line: name, what it does, where it applies.

A pass leaves this table for a file of its own when someone asks for its prerequisites, invariants or a remark.
"""

from __future__ import annotations

from tl_passlab.passes.spec import PassSpec

_CUDA = ("cuda",)
_DEVICE = ("cuda", "metal", "hip")

PLAIN: tuple[PassSpec, ...] = (
    PassSpec("AddWrapperForSingleBufStore", "wrap a lone buffer store in a parallel loop of one iteration"),
    PassSpec(
        "AnnotateDeviceBoundTmaCopies", "mark copies whose global base is bound in the body", _CUDA, since="0.1.13"
    ),
    PassSpec("AnnotateDeviceRegions", "mark the regions that become device functions"),
    PassSpec("AnnotateReadOnlyParams", "record which kernel parameters are only read"),
    PassSpec("AnnotateWarpGroupRegAlloc", "emit setmaxnreg for producer and consumer warp groups", _CUDA),
    PassSpec("CanonicalizeLegacyReducer", "rewrite reducers of the first design into the second", since="0.1.14"),
    PassSpec("ClusterPlanning", "choose the cluster dimensions of a kernel", _CUDA),
    PassSpec("ConfigIndexBitwidth", "widen index arithmetic that may overflow 32 bits"),
    PassSpec("DecoupleTypeCast", "split loops so that a cast does not limit the vector width"),
    PassSpec("FlattenBuffer", "turn multi-dimensional buffer accesses into one-dimensional ones"),
    PassSpec("FragmentLoopChecker", "reject loops over fragments that cannot be lowered"),
    PassSpec("HoistBroadcastValues", "hoist broadcast values out of vector expressions"),
    PassSpec("HoistGlobalBufferAllocations", "move global buffer allocations to the host"),
    PassSpec("IfStmtBinding", "push an if without else into each statement of its body"),
    PassSpec("InjectAssumes", "add assumptions about shapes for the prover"),
    PassSpec("InjectPTXAsyncCopy", "turn global-to-shared copies into cp.async", _CUDA),
    PassSpec("InjectTcgen05Fence", "add the fences tcgen05 needs around thread syncs", _CUDA),
    PassSpec(
        "LayoutReducer",
        "plan the layout of reducers of the first design",
        gone="0.1.14",
        replaced_by="ReducerPlanAndMaterialize took over",
    ),
    PassSpec("LegalizeNegativeIndex", "make negative indices non-negative"),
    PassSpec("LegalizeSafeMemoryAccess", "guard memory accesses that may be out of bounds"),
    PassSpec("LegalizeVectorizedLoop", "split or serialise vectorised loops that are not legal"),
    PassSpec("LetInline", "inline let bindings"),
    PassSpec("LoopUnswitching", "move loop-invariant conditions out of loops"),
    PassSpec("LowerAccessPtr", "turn pointer metadata into tvm_access_ptr"),
    PassSpec("LowerBlackwell2SM", "lower tcgen05 operations of two-CTA kernels", _CUDA),
    PassSpec("LowerCPUAtomics", "lower atomics for the C target", ("c",), since="0.1.14"),
    PassSpec("LowerDeviceKernelLaunch", "turn calls of device functions into kernel launches"),
    PassSpec("LowerIntrin", "lower intrinsics to the target's own"),
    PassSpec("LowerLDGSTG", "use wide global loads and stores", _CUDA),
    PassSpec("LowerOpaqueBlock", "remove blocks"),
    PassSpec("LowerPTXAsyncCopy", "turn annotated copies into cp.async", _CUDA),
    PassSpec("LowerSharedTmem", "allocate tensor memory", _CUDA),
    PassSpec("MakePackedAPI", "give the host function the packed calling convention"),
    PassSpec("MarkCudaSyncCalls", "mark grid dependency calls", _CUDA),
    PassSpec("MarkHostMetalContext", "mark host code that needs the Metal context", ("metal",)),
    PassSpec("MaterializeKernelLaunch", "turn the kernel frame into thread bindings", since="0.1.12"),
    PassSpec("MergeIfStmt", "merge neighbouring ifs of one condition"),
    PassSpec("NestedLoopChecker", "reject nestings of parallel and pipelined loops that cannot be lowered"),
    PassSpec("ParallelLocalIndexChecker", "reject parallel loops that index locals wrongly", since="0.1.12"),
    PassSpec("PlanAndUpdateBufferAllocationLocation", "move allocations to where their buffers are used"),
    PassSpec("Simplify", "simplify expressions and statements, with TileLang's own rules"),
    PassSpec("SplitHostDevice", "split host and device functions"),
    PassSpec("UnrollLoop", "unroll loops that ask for it"),
    PassSpec("VectorizeLoop", "turn vectorised loops into vector operations"),
    PassSpec("VerifyBufferInit", "warn of buffers read before anything writes them", since="0.1.14"),
    PassSpec("VerifyParallelLoop", "check parallel loops for races"),
    PassSpec("VerifyReducerConsumed", "check that no reducer is left", since="0.1.14"),
    PassSpec("VerifyReducerEpoch", "check the life cycle of reducers", since="0.1.14"),
    PassSpec("s_tir.HoistIfThenElse", "hoist conditions out of loops"),
    PassSpec("s_tir.InferFragment", "infer tensor-core fragments of TVM's own operators"),
    PassSpec("s_tir.InsertHoistIfThenElse", "the rewriting half of HoistIfThenElse"),
    PassSpec("s_tir.RenormalizeSplitPattern", "restore split index patterns after simplification"),
    PassSpec("tir.StorageRewrite", "reuse local storage", aliases=("StorageRewrite",)),
    PassSpec("tirx.AnnotateEntryFunc", "mark the entry function"),
    PassSpec("tirx.BF16ComputeLegalize", "compute bfloat16 in float32", ("c",)),
    PassSpec("tirx.BindTarget", "bind the target to every function", aliases=("BindTarget",)),
    PassSpec("tirx.ConvertSSA", "give every variable one definition"),
    PassSpec("tirx.Filter", "keep the host or the device functions"),
    PassSpec("tirx.NarrowDataType", "narrow index types", aliases=("NarrowDataType",)),
    PassSpec("tirx.PointerValueTypeRewrite", "give buffers the vector type they are accessed with", ("metal",)),
    PassSpec("tirx.RemoveNoOp", "remove statements without effect", aliases=("RemoveNoOp",)),
    PassSpec("tirx.Simplify", "simplify expressions and statements"),
    PassSpec("tirx.VerifyMemory", "reject host code that touches device memory"),
)
