"""The kernel that the attention cases share: one block of queries meets the blocks of keys in one pipelined loop."""

import tilelang.language as T


def kernel(heads, seq, dim, causal):
    shape, f16, scale = (heads, seq, dim), "float16", 1.44269504 / dim**0.5  # exp(x) is exp2(x * log2(e))

    @T.prim_func
    def main(Q: T.Tensor(shape, f16), K: T.Tensor(shape, f16), V: T.Tensor(shape, f16), O: T.Tensor(shape, f16)):
        with T.Kernel(T.ceildiv(seq, 64), heads, threads=128) as (bx, h):
            Q_shared = T.alloc_shared((64, dim), "float16")
            K_shared = T.alloc_shared((64, dim), "float16")
            V_shared = T.alloc_shared((64, dim), "float16")
            scores = T.alloc_fragment((64, 64), "float32")
            weights = T.alloc_fragment((64, 64), "float16")
            acc = T.alloc_fragment((64, dim), "float32")
            row_max = T.alloc_fragment((64,), "float32")
            old_max = T.alloc_fragment((64,), "float32")
            row_sum = T.alloc_fragment((64,), "float32")
            T.copy(Q[h, bx * 64, 0], Q_shared)
            T.clear(acc)
            T.clear(row_sum)
            T.fill(row_max, -T.infinity("float32"))
            for k in T.Pipelined(bx + 1 if causal else T.ceildiv(seq, 64), num_stages=2):
                T.copy(K[h, k * 64, 0], K_shared)
                if causal:
                    for i, j in T.Parallel(64, 64):
                        scores[i, j] = T.if_then_else(bx * 64 + i >= k * 64 + j, 0, -T.infinity("float32"))
                else:
                    T.clear(scores)
                T.gemm(Q_shared, K_shared, scores, transpose_B=True, policy=T.GemmWarpPolicy.FullRow)
                T.copy(row_max, old_max)
                T.reduce_max(scores, row_max, dim=1, clear=False)
                for i, j in T.Parallel(64, 64):
                    scores[i, j] = T.exp2((scores[i, j] - row_max[i]) * scale)
                for i in T.Parallel(64):
                    row_sum[i] *= T.exp2((old_max[i] - row_max[i]) * scale)
                T.reduce_sum(scores, row_sum, dim=1, clear=False)
                for i, j in T.Parallel(64, dim):
                    acc[i, j] *= T.exp2((old_max[i] - row_max[i]) * scale)
                T.copy(scores, weights)
                T.copy(V[h, k * 64, 0], V_shared)
                T.gemm(weights, V_shared, acc, policy=T.GemmWarpPolicy.FullRow)
            for i, j in T.Parallel(64, dim):
                acc[i, j] /= row_sum[i]
            T.copy(acc, O[h, bx * 64, 0])

    return main
