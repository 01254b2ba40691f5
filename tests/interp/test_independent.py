"""Serial loops that run as an array axis or as an accumulation: only where that is proved, and with the same bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.interp.mutation.kernels import Base, row_softmax
from tl_passlab.interp import fold, loops
from tl_passlab.interp.build import Build
from tl_passlab.interp.execute import Compiler
from tl_passlab.interp.expr import expr
from tl_passlab.interp.independent import independent
from tl_passlab.interp.launch import Options
from tl_passlab.interp.program import Level
from tl_passlab.interp.schedule import EAGER

Make = Callable[[Any, Any, Any, Any], Any]


def private(b: Build, name: str, size: int = 32, dtype: str = "float32") -> Any:
    from tvm import tirx

    buffer = tirx.decl_buffer((size,), dtype, name, scope="local")
    b.private.add(hash(buffer.data))
    b.keep.append(buffer.data)
    return buffer


def loop(make: Make, extent: int = 8) -> tuple[Build, Any]:
    """A serial loop over i whose body `make` gives for two private arrays, the variable and tirx."""
    from tvm import tirx

    b = Build(Level(tile=False, warp_clocks=True, fences=True, safe_access=False), expr)
    i = tirx.Var("i", "int32")
    body = make(private(b, "x"), private(b, "y"), i, tirx)
    return b, tirx.For(i, 0, extent, tirx.ForKind.SERIAL, body)


def inner(tirx: Any, extent: int, body: Callable[[Any], Any]) -> Any:
    j = tirx.Var("j", "int32")
    return tirx.For(j, 0, extent, tirx.ForKind.SERIAL, body(j))


@pytest.mark.parametrize(
    "make",
    [
        lambda x, y, i, t: t.BufferStore(x, x[i] * y[i], [i]),
        lambda x, y, i, t: t.BufferStore(x, y[0], [(i // 2) * 4 + i % 2]),
        lambda x, y, i, t: t.BufferStore(x, t.exp2(x[2 * i + 1]), [2 * i]),
        lambda x, y, i, t: inner(t, 4, lambda j: t.BufferStore(x, x[i] + y[4 * i + j], [i])),
        lambda x, y, i, t: t.IfThenElse(i < 3, t.BufferStore(x, y[i], [i]), None),
    ],
    ids=["same-register", "interleaved", "two-registers", "inner-sum", "condition"],
)
def test_loop_with_registers_of_its_own_is_independent(make: Make) -> None:
    assert independent(*loop(make))


@pytest.mark.parametrize(
    "make",
    [
        lambda x, y, i, t: t.BufferStore(x, x[i - 1] + y[i], [i]),
        lambda x, y, i, t: t.BufferStore(x, x[i + 1], [i]),
        lambda x, y, i, t: t.BufferStore(x, y[i], [i // 2]),
        lambda x, y, i, t: t.BufferStore(x, x[0] + y[i], [0]),
        lambda x, y, i, t: t.SeqStmt([t.BufferStore(x, y[i], [i]), t.BufferStore(y, x[7 - i], [i])]),
        lambda x, y, i, t: inner(t, 5, lambda j: t.BufferStore(x, y[j], [4 * i + j])),
        lambda x, y, i, t: t.BufferStore(x, y[i], [i + t.Var("unknown", "int32")]),
        lambda x, y, i, t: t.BufferStore(x, y[i], [t.Cast("int32", y[i])]),
        lambda x, y, i, t: t.BufferStore(t.decl_buffer((32,), "float32", "s", scope="shared"), y[i], [i]),
        lambda x, y, i, t: t.BufferStore(x, t.decl_buffer((32,), "float32", "p", scope="local")[i], [i]),
        lambda x, y, i, t: t.BufferStore(x, t.call_extern("float32", "something", y[i]), [i]),
        lambda x, y, i, t: t.Evaluate(t.call_extern("float32", "something", y[i])),
    ],
    ids=["carried", "read-ahead", "shared-register", "sum", "crossed", "overlap", "unknown-variable", "data-index",
         "shared-memory", "unknown-registers", "unknown-call", "effect"],
)  # fmt: skip
def test_loop_that_is_not_proved_independent_stays_serial(make: Make) -> None:
    assert not independent(*loop(make))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda x, y, i, t: t.BufferStore(x, x[0] + y[i], [0]), True),
        (lambda x, y, i, t: t.BufferStore(x, t.max(y[i], x[3]), [3]), True),
        (lambda x, y, i, t: t.BufferStore(x, x[i] + y[i], [i]), False),
        (lambda x, y, i, t: t.BufferStore(x, x[0] + x[i], [0]), False),
        (lambda x, y, i, t: t.BufferStore(x, x[1] + y[i], [0]), False),
        (lambda x, y, i, t: t.BufferStore(x, x[0] + t.call_extern("float32", "something", y[i]), [0]), False),
    ],
    ids=["sum", "maximum", "moving-register", "reads-itself", "other-register", "unknown-call"],
)
def test_accumulation_is_recognised_by_its_one_register(make: Make, expected: bool) -> None:
    assert (fold.accumulation(*loop(make)) is not None) is expected


@pytest.mark.parametrize("stage", ["LowerTileOp", "last"])
def test_axes_and_accumulations_give_the_bits_of_serial_loops(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    of = Base("row_softmax", "cuda:sm_80", func=row_softmax())

    def result() -> dict[str, Any]:
        compiler = Compiler()
        compiler.compile(of.stage("LowerTileOp"))
        compiled = compiler.compile(of.stage(stage))
        assert compiled is not None
        return compiled.run(of.arguments, Options(EAGER, watch=True))[0]

    fast = result()
    monkeypatch.setattr(loops, "independent", lambda b, node: False)
    monkeypatch.setattr(fold, "accumulation", lambda b, node: None)
    serial = result()
    assert not of.arguments.exact and np.isfinite(fast["Y"]).all()
    assert all(np.array_equal(fast[n].view(np.uint8), serial[n].view(np.uint8)) for n in fast)
