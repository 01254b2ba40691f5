"""Sparse MLA forward: a gathered KV tile, an online softmax, and shared buffers that merge in varying order.

What to look at: on sm_100a the reductions over 256 threads go through shared workspaces. MergeSharedMemoryAllocations
orders buffers of one size as a hash table of pointers does: from one process to the next `workspace` and `workspace_1`
trade places, `workspace_2` and `workspace_3` on sm_80 and sm_90a too. `passlab trace sparse_mla_forward --target
cuda:sm_100a --repeat 8` shows it; a golden would not hold.
"""

import tilelang.language as T

from cases.determinism._sparse_mla import inputs, reference  # noqa: F401

TARGETS = []
SIZES = {"S": 4, "SKV": 256, "H": 64, "D": 128, "TOPK": 128}
NOT_ON = {"c": "a fill of a fragment is not supported there", "metal": "no reduction is registered for Metal"}


def kernel(S, SKV, H, D, TOPK):
    @T.prim_func
    def main(
        Q: T.Tensor((S, H, D), "float16"),
        KV: T.Tensor((SKV, D), "float16"),
        Rows: T.Tensor((S, TOPK), "int32"),
        O: T.Tensor((S, H, D), "float16"),
    ):
        with T.Kernel(S, threads=256) as s:
            q = T.alloc_shared((H, D), "float16")
            kv = T.alloc_shared((64, D), "float16")
            weights = T.alloc_shared((H, 64), "float16")
            acc = T.alloc_fragment((H, D), "float32")
            scores = T.alloc_fragment((H, 64), "float32")
            total = T.alloc_fragment((H,), "float32")
            part = T.alloc_fragment((H,), "float32")
            peak = T.alloc_fragment((H,), "float32")
            old = T.alloc_fragment((H,), "float32")
            T.fill(acc, 0)
            T.fill(total, 0)
            T.fill(peak, -(2.0**30))
            T.copy(Q[s, 0:H, 0:D], q)
            for k in T.Pipelined(TOPK // 64, num_stages=2):
                for i, j in T.Parallel(64, D):
                    kv[i, j] = KV[Rows[s, k * 64 + i], j]
                T.gemm(q, kv, scores, transpose_B=True, clear_accum=True)
                T.copy(peak, old)
                T.reduce_max(scores, peak, dim=1, clear=False)
                for h, i in T.Parallel(H, 64):
                    scores[h, i] = T.exp2(scores[h, i] - peak[h])
                T.reduce_sum(scores, part, dim=1)
                for h in T.Parallel(H):
                    total[h] = total[h] * T.exp2(old[h] - peak[h]) + part[h]
                for h, d in T.Parallel(H, D):
                    acc[h, d] = acc[h, d] * T.exp2(old[h] - peak[h])
                T.copy(scores, weights)
                T.gemm(weights, kv, acc)
            for h, d in T.Parallel(H, D):
                O[s, h, d] = acc[h, d] / total[h]

    return main
