"""Kernels that upstream compiles to wrong code on supported lanes, as small as they get."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

import tilelang.language as T


def two_consumers_one_operand(K=256):
    """Two warpgroups share A_shared, and only one barrier per iteration orders them."""

    @T.prim_func
    def main(A: T.Tensor((128, K), "float16"), B: T.Tensor((K, 128), "float16"), C: T.Tensor((128, 128), "float16")):
        with T.Kernel(1, threads=256) as _:
            A_shared = T.alloc_shared((128, 64), "float16", "shared")
            B_left = T.alloc_shared((64, 64), "float16", "shared")
            B_right = T.alloc_shared((64, 64), "float16", "shared")
            C_left = T.alloc_fragment((128, 64), "float32")
            C_right = T.alloc_fragment((128, 64), "float32")
            with T.ws(1):
                T.clear(C_right)
            with T.ws(0):
                T.clear(C_left)
            for ko in T.Pipelined(K // 64, num_stages=0):
                T.copy(A[0, ko * 64], A_shared)
                with T.ws(1):
                    T.copy(B[ko * 64, 64], B_right)
                    T.gemm(A_shared, B_right, C_right)
                with T.ws(0):
                    T.copy(B[ko * 64, 0], B_left)
                    T.gemm(A_shared, B_left, C_left)
            with T.ws(1):
                T.copy(C_right, C[0, 64])
            with T.ws(0):
                T.copy(C_left, C[0, 0])

    return main


def read_then_overwritten(N=8):
    """The loop reads a tile and then loads the next into it (upstream issue 2668)."""

    @T.prim_func
    def main(A: T.Tensor((N, 128), "float32"), C: T.Tensor((N, 128), "float32")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((128,), "float32")
            row = T.alloc_fragment((128,), "float32")
            T.fill(tile, 1.0)
            for ko in T.Pipelined(N, num_stages=2):
                T.copy(tile, row)
                T.copy(row, C[ko, 0:128])
                T.copy(A[ko, 0:128], tile)

    return main


def filled_after_copy():
    """A slice is filled after the whole is copied, by other threads (upstream issue 2698)."""

    @T.prim_func
    def main(A: T.Tensor((64,), "float32"), C: T.Tensor((64,), "float32")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((64,), "float32")
            T.copy(A, tile)
            T.fill(tile[10:16], 0.0)
            T.copy(tile, C)

    return main


def barrier_of_one_branch():
    """The first half meets at a barrier of its own; the second half reads what the first stored before the branch."""

    @T.prim_func
    def main(A: T.Tensor((256,), "float32"), C: T.Tensor((256,), "float32")):
        with T.Kernel(1, threads=256) as _:
            first = T.alloc_shared((256,), "float32")
            own = T.alloc_shared((128,), "float32")
            tx = T.get_thread_binding()
            first[tx] = A[tx]
            if tx < 128:
                own[tx] = A[tx]
                C[tx] = own[127 - tx]
            else:
                C[tx] = first[255 - tx]

    return main


def barrier_before_an_if_alone():
    """The same need without an `else`: the barrier is there."""

    @T.prim_func
    def main(A: T.Tensor((256,), "float32"), B: T.Tensor((128,), "float32"), C: T.Tensor((256,), "float32")):
        with T.Kernel(1, threads=256) as _:
            first = T.alloc_shared((256,), "float32")
            own = T.alloc_shared((128,), "float32")
            tx = T.get_thread_binding()
            first[tx] = A[tx]
            if tx < 128:
                own[tx] = A[tx]
                B[tx] = own[127 - tx]
            C[tx] = first[255 - tx]

    return main


def gathered_index(N=37, num_stages=2):
    """Rows are gathered by an index that is shorter than the tile, in a loop whose copies are asynchronous."""

    @T.prim_func
    def main(B: T.Tensor((200, 64), "float32"), rows: T.Tensor((N,), "int32"), C: T.Tensor((N, 64), "float32")):
        with T.Kernel(T.ceildiv(N, 64), threads=128) as bx:
            tile = T.alloc_shared((64, 16), "float32")
            for k in T.Pipelined(4, num_stages=num_stages):
                for i, j in T.Parallel(64, 16):
                    tile[i, j] = B[rows[bx * 64 + i], k * 16 + j]
                T.copy(tile, C[bx * 64, k * 16])

    return main


def bulk_load_of_a_whole_tensor():
    """Tile and tensor are the same bytes in the same order: one bulk copy, in the producer of a pipelined loop."""

    @T.prim_func
    def main(A: T.Tensor((64, 64), "float16"), B: T.Tensor((64, 64), "float16"), C: T.Tensor((64, 64), "float32")):
        with T.Kernel(1, threads=128) as _:
            raw = T.alloc_shared((64, 64), "float16")
            A_shared = T.alloc_shared((64, 64), "float16")
            B_shared = T.alloc_shared((64, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for _ko in T.Pipelined(1, num_stages=2):
                T.copy(A, raw)
                T.copy(B, B_shared)
                for i, j in T.Parallel(64, 64):
                    A_shared[i, j] = raw[i, j] * T.float16(2)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C)

    return main


def bulk_store_of_whole_rows(M=24):
    """The last tile of 16 rows has 8 that exist."""

    @T.prim_func
    def main(X: T.Tensor((M, 64), "float32"), Y: T.Tensor((M, 64), "float32")):
        with T.Kernel(T.ceildiv(M, 16), threads=128) as bx:
            tile = T.alloc_shared((16, 64), "float32")
            T.copy(X[bx * 16, 0], tile)
            T.cumsum(tile, dim=1)
            T.copy(tile, Y[bx * 16, 0])

    return main


def replicated_reducer(rows=64):
    """Half as many iterations as threads (upstream issue 2408)."""

    @T.prim_func
    def main(A: T.Tensor((rows, 1), "float32"), B: T.Tensor((rows,), "float32")):
        with T.Kernel(1, threads=128) as _:
            total = T.alloc_reducer((rows,), "float32", op="sum", replication="all")
            T.clear(total)
            for i, j in T.Parallel(rows, 1):
                total[i] += A[i, j]
            T.finalize_reducer(total)
            T.copy(total, B)

    return main


def published_by_one_thread(K=36, scope="shared"):
    """The rows of A are no multiple of 16 bytes: the producers store its tiles themselves, B comes by TMA."""

    @T.prim_func
    def main(A: T.Tensor((32, K), "float16"), B: T.Tensor((K, 32), "float16"), C: T.Tensor((32, 32), "float32")):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((32, 16), "float16", scope=scope)
            B_shared = T.alloc_shared((16, 32), "float16", scope=scope)
            C_local = T.alloc_fragment((32, 32), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(T.ceildiv(K, 16), num_stages=2):
                T.copy(A[0, ko * 16], A_shared)
                T.copy(B[ko * 16, 0], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C)

    return main
