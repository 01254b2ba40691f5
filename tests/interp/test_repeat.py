"""A launch of the same kernel on the same memory is not executed again; any other is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.interp.mutation.edit import Edit, argument, in_module, remove, rewrite
from tests.interp.mutation.kernels import base
from tl_passlab.interp import launch
from tl_passlab.interp.execute import Compiler
from tl_passlab.interp.identity import identity
from tl_passlab.interp.launch import Options
from tl_passlab.interp.repeat import Launches
from tl_passlab.interp.schedule import EAGER, LATE

KERNEL, SPEC = "gemm", "cuda:sm_80"


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The kernels that were executed, after the one of the input IR."""
    base(KERNEL, SPEC)
    seen: list[Any] = []
    original = launch.launch

    def counted(program: Any, *rest: Any) -> None:
        seen.append(program)
        original(program, *rest)

    monkeypatch.setattr(launch, "launch", counted)
    return seen


def run(stage: Any, known: Launches, schedule: Any = EAGER, scale: int = 1) -> dict[str, Any]:
    of = base(KERNEL, SPEC)
    compiler = Compiler()
    compiler.compile(of.stage("LowerTileOp"))
    compiled = compiler.compile(stage)
    assert compiled is not None
    values = {n: v * v.dtype.type(scale) if n == "A" else v for n, v in of.arguments.values.items()}
    return compiled.run(replace(of.arguments, values=values), Options(schedule, watch=True, launches=known))[0]


def test_kernel_that_a_pass_left_alone_is_not_executed_again(executed: list[Any]) -> None:
    of, known = base(KERNEL, SPEC), Launches()
    first = run(of.stage("ThreadSync.2"), known)
    again = run(of.stage("MakePackedAPI"), known)
    assert len(executed) == 1
    assert all(np.array_equal(first[n], again[n]) for n in first) and first["C"].any()


@pytest.mark.parametrize(
    ("stage", "schedule", "scale"),
    [("LowerTileOp", EAGER, 1), ("ThreadSync.2", LATE, 1), ("ThreadSync.2", EAGER, 2)],
    ids=["other-kernel", "other-schedule", "other-input"],
)
def test_launch_that_differs_is_executed(executed: list[Any], stage: str, schedule: Any, scale: int) -> None:
    of, known = base(KERNEL, SPEC), Launches()
    run(of.stage("ThreadSync.2"), known)
    run(of.stage(stage), known, schedule, scale)
    assert len(executed) == 2


def test_kernel_with_a_finding_is_executed_again_and_reports_it_again() -> None:
    of = base(KERNEL, SPEC)
    broken = remove("tirx.tvm_storage_sync")
    for name in ("ThreadSync.2", "MakePackedAPI"):
        stage = of.stage(name)
        assert "race" in {
            f.kind for f in of.judge.judge(replace(stage, module=in_module(stage.module, broken))).findings
        }


def kernel_of(module: Any, edit: Edit | None = None) -> Any:
    (func,) = module.functions.values()
    return edit(func.body) if edit else func.body


def without_effect(node: Any) -> Any:
    import tvm

    note = tvm.tirx.Evaluate(tvm.tirx.call_intrin("void", tvm.ir.Op.get("tl.set_max_nreg"), 24, 0))
    inner = tvm.tirx.AttrStmt(tvm.tirx.StringImm("x"), "pragma_note", tvm.tirx.IntImm("int32", 1), node)
    return tvm.tirx.SeqStmt([note, inner])


def test_identity_ignores_what_means_nothing_and_nothing_else() -> None:
    module = base(KERNEL, SPEC).stage("LowerOpaqueBlock").module
    plain = identity(kernel_of(module))
    wrapped = rewrite(["Evaluate"], lambda n: without_effect(n) if "commit" in str(n) else None)
    assert identity(kernel_of(module, wrapped)) == plain
    assert identity(kernel_of(module, argument("tirx.ptx_mma", 9, lambda o: o + 1, 0))) != plain
    assert identity(kernel_of(module, remove("tirx.ptx_commit_group", 0))) != plain
