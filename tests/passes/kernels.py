"""Small kernels, each with the one thing that a pass acts on; built when asked for, as importing them costs nothing."""

# mypy: ignore-errors
# ruff: noqa: ANN201, ANN202
# No `from __future__ import annotations`: the annotations of a kernel are TIR types, read when it is built.
import tilelang.language as T


def gather4(columns=64):
    """Four rows of A by TMA into one tile, and out again. Constant rows would crash LowerTileOp."""

    @T.prim_func
    def main(A: T.Tensor((128, 64), "float16"), rows: T.Tensor((4,), "int32"), B: T.Tensor((128, 64), "float16")):
        with T.Kernel(1, threads=128):
            tile = T.alloc_shared((4, columns), "float16")
            done = T.alloc_barrier(1)
            if T.shuffle_elect(128):
                T.mbarrier_expect_tx(done, T.tma_gather4_bytes(columns, "float16"))
                T.tma_gather4(A, tile, 0, [rows[0], rows[1], rows[2], rows[3]], barrier=done)
                T.barrier_arrive(done)
            T.mbarrier_wait_parity(done, 0)
            if T.shuffle_elect(128):
                T.tma_scatter4(tile, B, 0, [rows[0], rows[1], rows[2], rows[3]])
                T.tma_store_arrive()
            T.tma_store_wait(0)

    return main


def l2_persistent():
    """A kernel that asks for A to stay in the L2 cache."""

    @T.prim_func
    def main(A: T.Tensor((256,), "float32"), B: T.Tensor((256,), "float32")):
        with T.Kernel(2, threads=128) as bx:
            T.annotate_l2_hit_ratio({A: 0.5})
            for i in T.Parallel(128):
                B[bx * 128 + i] = A[bx * 128 + i] * 2

    return main


def grid_sync():
    """Two phases of a kernel with a barrier of the whole grid between them."""

    @T.prim_func
    def main(A: T.Tensor((256,), "float32"), B: T.Tensor((256,), "float32")):
        with T.Kernel(2, threads=128) as bx:
            for i in T.Parallel(128):
                A[bx * 128 + i] = 1.0
            T.sync_grid()
            for i in T.Parallel(128):
                B[bx * 128 + i] = A[(1 - bx) * 128 + i]

    return main


def may_alias():
    """A kernel that says its two parameters may be one buffer."""

    @T.prim_func
    def main(A: T.Tensor((128,), "float32"), B: T.Tensor((128,), "float32")):
        with T.Kernel(1, threads=128):
            T.annotate_restrict_buffers(A, B)
            for i in T.Parallel(128):
                B[i] = A[i] + 1.0

    return main


def reducer():
    """A row sum into a reducer: each thread keeps partial sums, one epoch, one result."""

    @T.prim_func
    def main(A: T.Tensor((64, 128), "float32"), B: T.Tensor((64,), "float32")):
        with T.Kernel(1, threads=128):
            total = T.alloc_reducer((64,), "float32", op="sum")
            result = T.alloc_fragment((64,), "float32")
            T.reducer_init(total)
            for i, j in T.Parallel(64, 128):
                T.reducer_update(total[i], A[i, j])
            T.finalize_reducer(total, result)
            T.copy(result, B)

    return main


def thread_allreduce():
    """A sum over 32 threads through TVM's own intrinsic."""

    @T.prim_func
    def main(A: T.Tensor((32,), "float32"), B: T.Tensor((1,), "float32")):
        with T.Kernel(1, threads=32):
            tx = T.get_thread_binding(0)
            total = T.alloc_local((1,), "float32")
            T.attr(
                T.comm_reducer(lambda x, y: x + y, [T.float32(0)]),
                "reduce_scope",
                T.reinterpret("handle", T.uint64(0)),
            )
            T.tvm_thread_allreduce(T.uint32(1), A[tx], True, total[0], tx)
            B[0] = total[0]

    return main


def pipelined_gemm(copies="tma"):
    """A pipelined GEMM whose copies can be TMA, or cannot for one reason."""
    pitch = 260 if copies == "pitch" else 256
    wide = "float32" if copies == "converting" else "float16"

    @T.prim_func
    def main(A: T.Tensor((128, pitch), wide), B: T.Tensor((pitch, 128), wide), C: T.Tensor((128, 128), "float32")):
        with T.Kernel(2, 2, threads=128) as (bx, by):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(8, num_stages=2):
                if copies == "tma":
                    T.copy(A[by * 64, ko * 32], A_shared)
                    T.copy(B[ko * 32, bx * 64], B_shared)
                elif copies == "disabled":
                    T.copy(A[by * 64, ko * 32], A_shared, disable_tma=True)
                    T.copy(B[ko * 32, bx * 64], B_shared, disable_tma=True)
                elif copies == "converting":
                    T.copy(A[by * 64, ko * 32], A_shared)
                    T.copy(B[ko * 32, bx * 64], B_shared)
                else:
                    if copies == "pitch":
                        T.copy(A[by * 64, ko * 32], A_shared)
                    else:
                        for i, j in T.Parallel(64, 32):
                            A_shared[i, j] = A[by * 64 + i, ko * 32 + j]
                    for i, j in T.Parallel(32, 64):
                        B_shared[i, j] = B[ko * 32 + i, bx * 64 + j]
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[by * 64, bx * 64])

    return main


def planned_by_hand(order, stage):
    """A pipelined GEMM whose plan the user wrote."""

    @T.prim_func
    def main(A: T.Tensor((64, 256), "float16"), B: T.Tensor((256, 64), "float16"), C: T.Tensor((64, 64), "float32")):
        with T.Kernel(1, threads=128):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(8, order=order, stage=stage):
                T.copy(A[0, ko * 32], A_shared)
                T.copy(B[ko * 32, 0], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C)

    return main


def pipelined_under_a_condition():
    """A pipelined GEMM that some blocks skip."""

    @T.prim_func
    def main(A: T.Tensor((128, 256), "float16"), B: T.Tensor((256, 64), "float16"), C: T.Tensor((128, 64), "float32")):
        with T.Kernel(2, threads=128) as bx:
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            if bx < 1:
                for ko in T.Pipelined(8, num_stages=2):
                    T.copy(A[bx * 64, ko * 32], A_shared)
                    T.copy(B[ko * 32, 0], B_shared)
                    T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C[bx * 64, 0])

    return main


def copies_in_an_inner_loop():
    """A pipelined loop whose copies stand in a loop of their own: no statement of the pipelined one."""

    @T.prim_func
    def main(A: T.Tensor((64, 256), "float16"), B: T.Tensor((256, 64), "float16"), C: T.Tensor((64, 64), "float32")):
        with T.Kernel(1, threads=128):
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(8, num_stages=2):
                for half in T.serial(2):
                    T.copy(A[0, ko * 32 + half * 16], A_shared[0:64, half * 16 : half * 16 + 16])
                    T.copy(B[ko * 32 + half * 16, 0], B_shared[half * 16 : half * 16 + 16, 0:64])
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C)

    return main
