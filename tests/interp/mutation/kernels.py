"""The kernels that mutants are made of, lowered once per process."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

import functools
from pathlib import Path
from typing import Any

import tilelang.language as T

from tl_passlab.interp import compare
from tl_passlab.interp.arguments import make_arguments
from tl_passlab.interp.boundaries import Stage, lower_function
from tl_passlab.interp.check import BoundaryResult, Judge
from tl_passlab.interp.execute import DEVICE_TYPES
from tl_passlab.interp.schedule import chosen
from tl_passlab.model import Case, CaseInfo
from tl_passlab.targets import parse_target


def gemm(staged=False, k=256, stages=3):
    @T.prim_func
    def main(A: T.Tensor((64, k), "float16"), B: T.Tensor((k, 64), "float16"), C: T.Tensor((64, 64), "float16")):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((64, 32), "float16")
            B_shared = T.alloc_shared((32, 64), "float16")
            C_shared = T.alloc_shared((64, 64), "float16")
            C_local = T.alloc_fragment((64, 64), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(k // 32, num_stages=stages):
                T.copy(A[0, ko * 32], A_shared)
                T.copy(B[ko * 32, 0], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            if staged:
                T.copy(C_local, C_shared)
                T.copy(C_shared, C)
            else:
                T.copy(C_local, C)

    return main


def metal_gemm():
    @T.prim_func
    def main(A: T.Tensor((32, 64), "float16"), B: T.Tensor((64, 32), "float16"), C: T.Tensor((32, 32), "float32")):
        with T.Kernel(1, threads=128) as _:
            A_shared = T.alloc_shared((32, 16), "float16", scope="shared")
            B_shared = T.alloc_shared((16, 32), "float16", scope="shared")
            C_local = T.alloc_fragment((32, 32), "float32")
            T.clear(C_local)
            for ko in T.Pipelined(4, num_stages=0):
                T.copy(A[0, ko * 16], A_shared)
                T.copy(B[ko * 16, 0], B_shared)
                T.gemm(A_shared, B_shared, C_local)
            T.copy(C_local, C)

    return main


def row_sum(rows=61):
    @T.prim_func
    def main(X: T.Tensor((rows, 128), "float32"), Y: T.Tensor((rows,), "float32")):
        with T.Kernel(T.ceildiv(rows, 32), threads=128) as bx:
            tile = T.alloc_shared((32, 128), "float32")
            values = T.alloc_fragment((32, 128), "float32")
            sums = T.alloc_fragment((32,), "float32")
            T.copy(X[bx * 32, 0], tile)
            for i, j in T.Parallel(32, 128):
                values[i, j] = tile[i, 127 - j]
            T.reduce_sum(values, sums, dim=1)
            for i in T.Parallel(32):
                if bx * 32 + i < rows:
                    Y[bx * 32 + i] = sums[i]

    return main


def row_softmax(rows=32):
    @T.prim_func
    def main(X: T.Tensor((rows, 128), "float32"), Y: T.Tensor((rows, 128), "float32")):
        with T.Kernel(1, threads=128) as _:
            tile = T.alloc_shared((rows, 128), "float32")
            values = T.alloc_fragment((rows, 128), "float32")
            top = T.alloc_fragment((rows,), "float32")
            total = T.alloc_fragment((rows,), "float32")
            T.copy(X, tile)
            for i, j in T.Parallel(rows, 128):
                values[i, j] = tile[rows - 1 - i, j]
            T.reduce_max(values, top, dim=1)
            for i, j in T.Parallel(rows, 128):
                values[i, j] = T.exp2(values[i, j] - top[i])
            T.reduce_sum(values, total, dim=1)
            for i, j in T.Parallel(rows, 128):
                tile[i, j] = values[i, j] / total[i]
            T.copy(tile, Y)

    return main


BUILDERS = {
    "gemm": gemm,
    "gemm_staged": functools.partial(gemm, staged=True),
    "metal_gemm": metal_gemm,
    "row_sum": row_sum,
}


class Base:
    """One kernel lowered for one target: its stages, and a judge that knows the result of the input IR."""

    def __init__(
        self, kernel: str, spec: str, func: Any = None, configs: dict[str, Any] | None = None, inputs: Any = None
    ) -> None:
        self.target = parse_target(spec)
        self.func = BUILDERS[kernel]() if func is None else func
        self.case = Case(CaseInfo(kernel, Path(kernel), "", (), (), {}), lambda: self.func, inputs=inputs)
        self.pipeline = lower_function(self.func, self.target, configs or {})
        assert not self.pipeline.error, self.pipeline.error
        self.arguments = make_arguments(self.case, self.func, {}, 0)
        device = DEVICE_TYPES[self.target.kind]
        narrowest = 2.0**-10
        bound = compare.bound(self.arguments.values, narrowest)
        self.judge = Judge(self.arguments, bound, device, chosen(1), True)
        self.judge.judge(self.pipeline.stages[0])
        self._clean: dict[str, BoundaryResult] = {}

    def stage(self, name: str) -> Stage:
        """The stage after a pass; `last` is the last one with device code."""
        if name == "last":
            found = [s for s in self.pipeline.stages if not self._is_host(s)]
        else:
            found = [s for s in self.pipeline.stages if s.name == name]
        return found[-1]

    @staticmethod
    def _is_host(stage: Stage) -> bool:
        from tl_passlab.interp.function import device_functions

        functions = device_functions(stage.module).values()
        device = [f for f in functions if f.attrs is not None and "tirx.is_global_func" in f.attrs]
        return not device or len(device) == len(list(functions))

    def clean(self, name: str) -> BoundaryResult:
        """The verdict of the stage as upstream made it."""
        if name not in self._clean:
            self._clean[name] = self.judge.judge(self.stage(name))
        return self._clean[name]


@functools.cache
def base(kernel: str, spec: str) -> Base:
    """A kernel lowered for a target."""
    return Base(kernel, spec)
