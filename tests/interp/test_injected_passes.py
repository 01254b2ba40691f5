"""A deliberately broken pass in the middle of upstream's pipeline is the one that gets the blame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.interp.mutation.edit import (
    Edit,
    NotThere,
    argument,
    condition,
    in_module,
    loop_extent,
    region_start,
    remove,
    rewrite,
    store_index,
)
from tests.interp.mutation.kernels import BUILDERS, Base
from tl_passlab.interp.boundaries import Pipeline, lower_function
from tl_passlab.interp.check import BoundaryResult
from tl_passlab.targets import parse_target

NAME = "BrokenPass"
SM80, SM90, PIPELINE = "cuda:sm_80", "cuda:sm_90a", "InjectSoftwarePipeline"
SYNC, COMMIT, GROUP = "tirx.tvm_storage_sync", "tirx.ptx_commit_group", "tirx.ptx_wait_group"


@contextmanager
def injected_after(name: str, edit: Edit) -> Iterator[None]:
    """Make upstream's pipeline run a pass of ours right after one of its own (ThreadSync: after its last run)."""
    import tilelang
    import tvm

    original: Callable[..., Any] = getattr(tilelang.transform, name)

    @tvm.transform.module_pass(opt_level=0, name=NAME)
    def broken(mod: Any, ctx: Any) -> Any:
        try:
            return in_module(mod, edit)
        except NotThere:
            return mod

    def factory(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        own = original(*args, **kwargs)
        return own if args == ("shared",) else lambda mod: broken(own(mod))

    setattr(tilelang.transform, name, factory)
    try:
        yield
    finally:
        setattr(tilelang.transform, name, original)


def first_failure(kernel: str, spec: str, pipeline: Pipeline) -> BoundaryResult | None:
    """Check the stages of a pipeline until one fails."""
    of = Base(kernel, spec)
    for stage in pipeline.distinct():
        result = of.judge.judge(stage)
        if result.failed:
            return result
    return None


def widened(node: Any) -> Any:
    """A vectorised loop of twice the lanes."""
    import tvm

    if int(node.kind) != 2:
        return None
    extent = tvm.tirx.IntImm("int32", 2 * int(node.extent))
    return tvm.tirx.For(node.loop_var, node.min, extent, node.kind, node.body, None, node.annotations)


def never(node: Any) -> Any:
    import tvm

    return tvm.tirx.IntImm("bool", 1)


def shifted(amount: int) -> Callable[[Any], Any]:
    return lambda node: node + amount


_case = pytest.param
BROKEN = [
    _case("gemm", SM80, "ThreadSync", remove(SYNC, 0), id="drops-first-barrier"),
    _case("gemm", SM80, "ThreadSync", remove(SYNC, 2), id="drops-tail-barrier"),
    _case("gemm", SM80, "ThreadSync", remove(SYNC), id="drops-all-barriers"),
    _case("metal_gemm", "metal", "ThreadSync", remove(SYNC, 1), id="drops-metal-barrier"),
    _case("row_sum", SM80, "ThreadSync", remove(SYNC, 0), id="drops-simt-barrier"),
    _case("gemm", SM80, PIPELINE, loop_extent(0, lambda n: n - 1), id="drops-k-tail"),
    _case("gemm", SM80, PIPELINE, remove("tl.tileop.gemm", 2), id="drops-last-product"),
    _case("gemm", SM80, PIPELINE, remove(GROUP, 0), id="drops-a-wait"),
    _case("gemm", SM80, PIPELINE, remove(COMMIT, 1), id="drops-a-commit"),
    _case("gemm", SM90, PIPELINE, loop_extent(1, lambda n: n - 1), id="drops-iteration"),
    _case("gemm", SM90, PIPELINE, remove("tl.mbarrier_wait_parity", 1), id="drops-mbar-wait"),
    _case("gemm", SM90, PIPELINE, remove("tirx.ptx_arrive_barrier"), id="drops-arrive"),
    _case("gemm", SM80, "VectorizeLoop", store_index("C", shifted(1)), id="shifts-an-index"),
    _case("row_sum", SM80, "VectorizeLoop", store_index("Y", lambda i: 60 - i), id="reverses-an-index"),
    _case("row_sum", SM80, "StorageRewrite", condition(1, never), id="removes-a-predicate"),
    _case("row_sum", SM80, "LowerOpaqueBlock", rewrite(["For"], widened), id="widens-vectors"),
    _case("gemm", SM80, "LowerOpaqueBlock", argument("tirx.ptx_mma", 9, lambda o: 0, 1), id="mma-operand"),
    _case("gemm", SM90, "LowerOpaqueBlock", argument("tl.warpgroup_wait", 0, lambda n: 1), id="weakens-wait"),
    _case("gemm", SM90, "LowerOpaqueBlock", argument("tl.mbarrier_expect_tx", 1, lambda n: 64), id="bytes"),
    _case("gemm_staged", SM90, "MergeSharedMemoryAllocations",
                 argument("tl.ptx_stmatrix", 0, lambda t: 1), id="transposes-a-store"),
    _case("metal_gemm", "metal", "VectorizeLoop", argument("tirx.simdgroup_load", 3, lambda s: 8, 0), id="stride"),
    _case("metal_gemm", "metal", PIPELINE,
                 argument("tl.tileop.copy", 0, lambda r: region_start(r, 1, shifted(16)), 0), id="shifts-a-copy"),
]  # fmt: skip


@pytest.mark.parametrize(("kernel", "spec", "after", "edit"), BROKEN)
def test_broken_pass_is_blamed(kernel: str, spec: str, after: str, edit: Edit) -> None:
    with injected_after(after, edit):
        pipeline = lower_function(BUILDERS[kernel](), parse_target(spec), {})
    assert not pipeline.error, pipeline.error
    guilty = first_failure(kernel, spec, pipeline)
    assert guilty is not None, "the broken pass went unnoticed"
    assert guilty.name.partition(".")[0] == NAME


def test_pass_that_changes_nothing_is_not_blamed() -> None:
    with injected_after("ThreadSync", remove("no.such.operation")):
        pipeline = lower_function(BUILDERS["row_sum"](), parse_target(SM80), {})
    assert NAME in {name.partition(".")[0] for name in pipeline.passes}
    assert first_failure("row_sum", SM80, pipeline) is None
