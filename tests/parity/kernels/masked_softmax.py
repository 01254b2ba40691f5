"""Row softmax under a mask, where a row may be masked whole: right, or NaN on such rows."""

# ruff: noqa: ANN201, ANN202, SIM102
import tilelang.language as T
import torch

SIZES = {"M": 50, "N": 128, "fault": ""}
FAULTS = ("NaN on masked rows",)


def kernel(M, N, fault):
    floor = 0.0 if fault else 1e-30

    @T.prim_func
    def main(X: T.Tensor((M, N), "float32"), keep: T.Tensor((M, N), "int32"), Y: T.Tensor((M, N), "float32")):
        with T.Kernel(T.ceildiv(M, 16), threads=128) as bx:
            x = T.alloc_fragment((16, N), "float32")
            total = T.alloc_fragment((16,), "float32")
            for i, j in T.Parallel(16, N):
                x[i, j] = 0.0
                if bx * 16 + i < M:
                    if keep[bx * 16 + i, j] != 0:
                        x[i, j] = T.exp(X[bx * 16 + i, j])
            T.reduce_sum(x, total, dim=1)
            for i, j in T.Parallel(16, N):
                x[i, j] = x[i, j] / T.max(total[i], T.float32(floor))
            T.copy(x, Y[bx * 16, 0])

    return main


def parameters(M, N, fault):
    return {"X": ((M, N), "float32"), "keep": ((M, N), "int32"), "Y": ((M, N), "float32")}


def play(M, N, fault):
    def run(X, keep, Y):
        weights = X.exp() * keep
        total = weights.sum(1, keepdim=True)
        Y.copy_(weights / (total if fault else total.clamp(min=1e-30)))

    return run


def inputs(rng, M, N, fault):
    keep = rng.integers(0, 2, (M, N))
    return {"X": torch.from_numpy(rng.standard_normal((M, N))).float(), "keep": torch.from_numpy(keep).int()}


def reference(X, keep):
    weights = X.double().exp() * keep
    total = weights.sum(1, keepdim=True)
    return {"Y": torch.where(total > 0, weights / total.clamp(min=1e-30), 0.0)}
