"""Products on Blackwell's tensor cores, on threads: right at every boundary, and mistakes in them are noticed."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

import ml_dtypes
import pytest

from tests.interp.kernels.tensor_memory import left_in_tensor_memory, product
from tests.interp.mutation.edit import Edit, argument, in_module, remove
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds

EXTENDED = {"bfloat16": ml_dtypes.bfloat16, "float8_e4m3": ml_dtypes.float8_e4m3fn}


@dataclass(frozen=True)
class Form:
    """A product: its shape, types, which operands are transposed, and whether tensor memory is kept long enough."""

    M: int = 128
    N: int = 64
    dtype: str = "bfloat16"
    accum: str = "float32"
    transposed: tuple[bool, bool] = (False, True)
    ordered: bool = True

    @property
    def name(self) -> str:
        """Its name in a test's identifier."""
        major = "".join("NT"[flag] for flag in self.transposed)
        return f"{self.M}x{self.N}-{self.dtype}-{major}" + ("" if self.ordered else "-early")

    def inputs(self, rng: Any) -> dict[str, Any]:
        """Small integers."""
        dtype = EXTENDED.get(self.dtype, self.dtype)
        A, B = (rng.integers(-3, 4, shape).astype(dtype) for shape in ((self.M, 128), (128, self.N)))
        left, right = self.transposed
        return {"A": A.T.copy() if left else A, "B": B.T.copy() if right else B}

    def expected(self, A: Any, B: Any) -> Any:
        """By NumPy."""
        wide = [x.astype("float64") for x in (A, B)]
        left, right = (x.T if flag else x for x, flag in zip(wide, self.transposed, strict=True))
        return left @ right


@functools.cache
def base(form: Form) -> Base:
    func = product(form.M, form.N, dtype=form.dtype, accum=form.accum, transposed=form.transposed, ordered=form.ordered)
    return Base("", "cuda:sm_100a", func=func, inputs=form.inputs)


@functools.cache
def from_registers() -> Base:
    return Base("", "cuda:sm_100a", func=left_in_tensor_memory())


PLAIN = Form()
FORMS = [
    PLAIN,
    Form(M=64),
    Form(M=64, dtype="int8", accum="int32"),
    Form(transposed=(True, False), dtype="float16"),
]
SLOW = [Form(M=256), Form(dtype="float8_e4m3"), Form(dtype="float16", transposed=(False, False)), Form(N=256)]


def require_right(of: Base, name: str) -> None:
    result = of.judge.judge(of.stage(name))
    assert result.verdict == "exact" and not result.findings, (name, result.detail, result.findings)


@pytest.mark.parametrize("form", [pytest.param(form, id=form.name) for form in FORMS])
def test_product_on_threads_is_the_one_of_the_tile_operation(form: Form) -> None:
    of = base(form)
    assert of.judge.oracle is not None
    assert (of.judge.oracle["C"] == form.expected(of.arguments.values["A"], of.arguments.values["B"])).all()
    for name in ("LowerTileOp", "LowerSharedTmem", "last"):
        require_right(of, name)


@pytest.mark.slow
@pytest.mark.parametrize("form", [pytest.param(form, id=form.name) for form in FORMS + SLOW])
def test_product_at_every_boundary(form: Form) -> None:
    for stage in base(form).pipeline.distinct():
        result = base(form).judge.judge(stage)
        assert result.verdict in ("exact", "host") and not result.findings, (stage.name, result.detail, result.findings)


def test_left_operand_in_tensor_memory() -> None:
    of = from_registers()
    A, B = (of.arguments.values[n].astype("float32") for n in "AB")
    assert of.judge.oracle is not None and (of.judge.oracle["C"] == A @ B).all()
    for name in ("LowerTileOp", "LowerSharedTmem", "last"):
        require_right(of, name)


def test_tensor_memory_is_given_back_before_all_warps_have_read_it() -> None:
    """Upstream lets the first warp release it at the end of the block, and no pass orders that after the others."""
    of = base(Form(ordered=False))
    first = next(r for stage in of.pipeline.distinct() if (r := of.judge.judge(stage)).failed)
    assert first.name == "ThreadSync.2"
    (race,) = (f for f in first.findings if f.kind == "race")
    assert "ptx_deallocate_tensor_memory" in race.statements[0] and "tcgen05_ld" in race.statements[1]


MMA, LOAD, WAIT = "tl.ptx_tcgen05_mma_ss", "tl.tcgen05_ld", "tl.mbarrier_wait_parity"
DESCRIPTOR, COMMIT, SYNC = "tl.initialize_tcgen05_descriptor", "tl.tcgen05_mma_arrive", "tirx.tvm_storage_sync"
ALLOCATE, RELEASE = "tl.ptx_init_tensor_memory", "tl.ptx_deallocate_tensor_memory"
NARROW, MAJOR = 1 << 17 + 2, 1 << 16  # of an instruction descriptor: 32 of the 64 columns, B along N
LAST, LOWERED = "last", "LowerTileOp"
MUTANTS: list[Any] = [
    pytest.param(LOWERED, remove(MMA), {"uninitialised"}, id="no-product"),
    pytest.param(LOWERED, argument(MMA, 2, lambda at: at + 32), {"differs"}, id="left-a-step-on"),
    pytest.param(LOWERED, argument(MMA, 4, lambda at: at + 32), {"differs"}, id="right-a-step-on"),
    pytest.param(LOWERED, argument(MMA, 6, lambda at: at + 1), {"out-of-bounds"}, id="result-a-column-on"),
    pytest.param(LOWERED, argument(MMA, 7, lambda bits: bits - NARROW), {"uninitialised"}, id="half-the-columns"),
    pytest.param(LOWERED, argument(MMA, 7, lambda bits: bits + MAJOR), {"differs"}, id="other-major"),
    pytest.param(LOWERED, argument(MMA, 8, lambda keep: keep * 0), {"differs"}, id="always-cleared"),
    pytest.param(LOWERED, argument(MMA, 8, lambda keep: keep * 0 + 1), {"uninitialised"}, id="never-cleared"),
    pytest.param(LOWERED, argument(DESCRIPTOR, 3, lambda stride: 32, 0), {"differs"}, id="rows-too-close"),
    pytest.param(LOWERED, argument(DESCRIPTOR, 6, lambda swizzle: 4, 1), {"differs"}, id="other-swizzle"),
    pytest.param(LOWERED, argument(DESCRIPTOR, 6, lambda swizzle: 3, 1), {"unsupported"}, id="no-such-swizzle"),
    pytest.param(LOWERED, remove(COMMIT), {"deadlock"}, id="no-commit"),
    pytest.param(LOWERED, remove(WAIT), {"race", "leak"}, id="no-wait"),
    pytest.param(LOWERED, argument(LOAD, 4, lambda at: at + 1), {"out-of-bounds"}, id="loaded-a-column-on"),
    pytest.param(LOWERED, argument(LOAD, 1, lambda columns: 32), {"differs"}, id="half-the-registers"),
    pytest.param(LAST, remove("tl.fence_proxy_async"), {"fence"}, id="no-proxy-fence"),
    pytest.param(LAST, remove(ALLOCATE), {"out-of-bounds"}, id="no-allocation"),
    pytest.param(LAST, argument(ALLOCATE, 1, lambda columns: 48), {"misuse"}, id="not-a-power-of-two"),
    pytest.param(LAST, argument(ALLOCATE, 1, lambda columns: 32), {"out-of-bounds"}, id="too-few-columns"),
    pytest.param(LAST, remove(RELEASE), {"leak"}, id="not-given-back"),
    pytest.param(LAST, argument(RELEASE, 1, lambda columns: 32), {"misuse", "leak"}, id="half-given-back"),
    pytest.param(LAST, remove(SYNC, 3), {"race"}, id="operands-too-early"),
    pytest.param(LAST, remove(SYNC, 4), {"race"}, id="given-back-too-early"),
]


@pytest.mark.parametrize(("after", "edit", "noticed"), MUTANTS)
def test_broken_product_is_noticed(after: str, edit: Edit, noticed: set[str]) -> None:
    of = base(PLAIN)
    stage = of.stage(after)
    found = kinds(of.judge.judge(replace(stage, module=in_module(stage.module, edit))))
    assert found & noticed, f"expected one of {noticed}, found {found or 'nothing'}"


HELD: list[Any] = [
    pytest.param(remove("tl.tcgen05_st"), "uninitialised", id="nothing-stored"),
    pytest.param(argument("tl.ptx_tcgen05_mma_ts", 2, lambda at: at * 0), "differs", id="always-the-first-step"),
    pytest.param(remove(SYNC, 1), "race", id="address-read-too-early"),
    pytest.param(remove(SYNC, 2), "race", id="stored-too-late"),
]


@pytest.mark.parametrize(("edit", "noticed"), HELD)
def test_broken_left_operand_is_noticed(edit: Edit, noticed: str) -> None:
    of = from_registers()
    stage = of.stage(LAST)
    found = kinds(of.judge.judge(replace(stage, module=in_module(stage.module, edit))))
    assert noticed in found, found or "nothing"
