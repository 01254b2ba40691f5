"""Tensors behind a table of pointers: every entry points to one of its own, and a wrong pointer is noticed."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tilelang.language as T

from tests.interp.mutation.edit import Edit, in_module, rewrite
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds


def reversed_batch(n=3):
    """Adds what the n-th pointer from the end leads to, and stores by another table."""

    @T.prim_func
    def main(given: T.Tensor((n,), T.ptr), wanted: T.Tensor((n,), T.ptr), B: T.Tensor((64,), "float32")):
        with T.Kernel(n, threads=64) as bx:
            A = T.make_tensor(given[n - 1 - bx], (64,), "float32")
            C = T.make_tensor(wanted[bx], (64,), "float32")
            tile = T.alloc_shared((64,), "float32")
            T.copy(A, tile)
            for i in T.Parallel(64):
                C[i] = tile[63 - i] + B[i]

    return main


@pytest.fixture(scope="module", params=["cuda:sm_80", "cuda:sm_90a"])
def batch(request: pytest.FixtureRequest) -> Base:
    return Base("", request.param, func=reversed_batch())


def test_every_pointer_leads_to_its_own_tensor(batch: Base) -> None:
    oracle, values = batch.judge.oracle, batch.arguments.values
    assert oracle is not None
    assert len({tuple(values[f"given[{i}]"]) for i in range(3)}) == 3
    for i in range(3):
        assert (oracle[f"wanted[{i}]"] == values[f"given[{2 - i}]"][::-1] + values["B"]).all()
        assert (oracle[f"given[{i}]"] == values[f"given[{i}]"]).all()
    for stage in batch.pipeline.distinct():
        result = batch.judge.judge(stage)
        assert result.verdict in ("exact", "host") and not result.findings, (stage.name, result.detail, result.findings)


def pointer(change: Any) -> Edit:
    """Change the number that becomes a handle in the kernel."""

    def apply(call: Any) -> Any:
        import tvm

        if str(call.op.name if hasattr(call.op, "name") else "") != "tirx.reinterpret" or str(call.dtype) != "handle":
            return None
        if type(call.args[0]).__name__ != "BufferLoad":
            return None
        return tvm.tirx.Call(str(call.dtype), call.op, [change(call.args[0])])

    return rewrite(["Call"], apply)


def other_entry(load: Any) -> Any:
    import tvm

    return tvm.tirx.BufferLoad(load.buffer, [load.indices[0] * 0])


BROKEN: list[Any] = [
    pytest.param(pointer(other_entry), "differs", id="another-entry"),
    pytest.param(pointer(lambda load: load + 4), "differs", id="one-element-on"),
    pytest.param(pointer(lambda load: load + 4), "out-of-bounds", id="beyond-the-tensor"),
    pytest.param(pointer(lambda load: load * 0 + 12345), "malformed", id="no-tensor"),
]


@pytest.mark.parametrize("after", ["input", "LegalizeSafeMemoryAccess", "last"])
@pytest.mark.parametrize(("edit", "noticed"), BROKEN)
def test_a_wrong_pointer_is_noticed(batch: Base, edit: Edit, noticed: str, after: str) -> None:
    stage = batch.pipeline.stages[0] if after == "input" else batch.stage(after)
    found = kinds(batch.judge.judge(replace(stage, module=in_module(stage.module, edit))))
    assert noticed in found, found or "nothing"


def test_the_table_holds_the_addresses(batch: Base) -> None:
    table = batch.arguments.values["given"]
    assert table.dtype == np.int64 and len(set(table.tolist())) == 3
    assert [batch.arguments.addresses[f"given[{i}]"] for i in range(3)] == table.tolist()
