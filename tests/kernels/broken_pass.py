"""A kernel whose lowering meets a LayoutInference that fails in a chosen way."""

# ruff: noqa: ANN201, ANN202
import ctypes
import os
import time

import tilelang
import tilelang.language as T
import tvm


def _fail(how):
    if how == "raise":
        raise ValueError("cannot infer a layout for this")
    if how == "abort":
        os.abort()
    if how == "segfault":
        ctypes.string_at(0)
    if how == "exit":
        os._exit(0)
    print("hanging", flush=True)
    time.sleep(3600)


def kernel(how="raise", N=128):
    @tvm.transform.module_pass(opt_level=0, name="tl.LayoutInference")
    def run(mod, ctx):
        _fail(how)

    tilelang.transform.LayoutInference = lambda: run

    @T.prim_func
    def main(A: T.Tensor((N,), "float32"), B: T.Tensor((N,), "float32")):
        with T.Kernel(1, threads=128) as _:
            for i in T.Parallel(N):
                B[i] = A[i] + T.float32(1)

    return main
