"""Threads, blocks and host functions that end early do nothing afterwards."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import tilelang.language as T

from tests.interp.mutation.edit import Edit, condition, in_module, remove
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds
from tl_passlab.interp.boundaries import Stage


def some_threads(n=100):
    """The last 28 threads end; the others meet once more."""

    @T.prim_func
    def main(A: T.Tensor((n,), "float32"), B: T.Tensor((n,), "float32")):
        with T.Kernel(2, threads=64) as bx:
            tile = T.alloc_shared((64,), "float32")
            tx = T.get_thread_binding()
            if bx * 64 + tx >= n:
                T.thread_return()
            tile[tx] = A[bx * 64 + tx]
            for k in T.serial(2):
                tile[tx] = tile[tx] + k
            B[bx * 64 + tx] = tile[tx]

    return main


def some_blocks(n=4):
    """Odd blocks end before their tile operations."""

    @T.prim_func
    def main(A: T.Tensor((n, 64), "float32"), B: T.Tensor((n, 64), "float32")):
        with T.Kernel(n, threads=64) as bx:
            tile = T.alloc_shared((64,), "float32")
            if bx % 2 == 1:
                T.thread_return()
            T.copy(A[bx, 0], tile)
            T.copy(tile, B[bx, 0])

    return main


@pytest.fixture(scope="module")
def threads() -> Base:
    return Base("", "cuda:sm_80", func=some_threads())


@pytest.fixture(scope="module")
def blocks() -> Base:
    return Base("", "cuda:sm_80", func=some_blocks())


def require_clean(of: Base) -> None:
    for stage in of.pipeline.distinct():
        result = of.judge.judge(stage)
        assert result.verdict in ("exact", "host") and not result.findings, (stage.name, result.detail, result.findings)


def test_threads_that_return_store_nothing(threads: Base) -> None:
    assert threads.judge.oracle is not None
    assert (threads.judge.oracle["B"] == threads.arguments.values["A"] + 1).all()
    require_clean(threads)


def test_blocks_that_return_store_nothing(blocks: Base) -> None:
    oracle, values = blocks.judge.oracle, blocks.arguments.values
    assert oracle is not None
    assert (oracle["B"][::2] == values["A"][::2]).all() and (oracle["B"][1::2] == values["B"][1::2]).all()
    require_clean(blocks)


def negated(test: Any) -> Any:
    import tvm

    return tvm.tirx.Not(test)


RETURN = "tirx.thread_return"
BROKEN: list[Any] = [
    pytest.param("threads", condition(0, negated), "differs", id="the-other-threads"),
    pytest.param("blocks", remove(RETURN), "differs", id="blocks-run-on"),
    pytest.param("blocks", condition(0, negated), "differs", id="the-other-blocks"),
]


@pytest.mark.parametrize(("kernel", "edit", "noticed"), BROKEN)
def test_a_wrong_return_is_noticed(kernel: str, edit: Edit, noticed: str, request: pytest.FixtureRequest) -> None:
    of = request.getfixturevalue(kernel)
    stage = of.stage("LowerOpaqueBlock")
    found = kinds(of.judge.judge(replace(stage, module=in_module(stage.module, edit))))
    assert noticed in found, found or "nothing"


def host_with(stage: Stage, change: Any) -> Stage:
    """The stage with another body of the function that launches."""
    import tvm

    functions = {
        var: f if f.attrs is not None and "tirx.is_global_func" in f.attrs else f.with_body(change(f.body))
        for var, f in stage.module.functions.items()
    }
    return replace(stage, module=tvm.IRModule(functions, attrs=stage.module.attrs))


def returns_first(*, really: bool) -> Any:
    import tvm

    early = tvm.tirx.IfThenElse(
        tvm.tirx.IntImm("bool", really), tvm.tirx.Evaluate(tvm.tirx.ret(tvm.tirx.const(0))), None
    )
    return lambda body: tvm.tirx.SeqStmt([early, body])


def launches_only_if(*, really: bool) -> Any:
    import tvm

    def choose(body: Any) -> Any:
        unused = tvm.tirx.Evaluate(tvm.tirx.const(0))
        return tvm.tirx.IfThenElse(tvm.tirx.IntImm("bool", really), body, unused)

    return choose


@pytest.mark.parametrize("after", ["SplitHostDevice", "LowerDeviceKernelLaunch"])
@pytest.mark.parametrize("change", [returns_first, launches_only_if])
def test_the_host_launches_only_what_it_reaches(threads: Base, change: Any, after: str) -> None:
    stage = threads.stage(after)
    launches = change is launches_only_if
    assert threads.judge.judge(host_with(stage, change(really=launches))).ok
    assert kinds(threads.judge.judge(host_with(stage, change(really=not launches)))) == {"differs"}
