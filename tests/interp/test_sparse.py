"""Sparse products mean what NumPy says, from tile operations to mma.sp and wgmma.sp; mistakes in them are noticed."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from tilelang.layout import make_cutlass_metadata_layout

from tests.interp.kernels.sparse import sparse_product
from tests.interp.mutation.edit import Edit, argument, in_module, remove
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds
from tl_passlab.interp.errors import Unsupported
from tl_passlab.interp.ops.sparse import holders
from tl_passlab.lanes import running_lane

LANE = running_lane()[0].tilelang
PAIRS = [low | high << 2 for low in range(4) for high in range(low + 1, 4)]  # the places of two values among four
SINGLES = [0b0100, 0b1110]  # the place of one 32-bit value among two, in halves of it
EXTENDED = {"bfloat16": ml_dtypes.bfloat16, "float8_e4m3": ml_dtypes.float8_e4m3fn}


@dataclass(frozen=True)
class Form:
    """A sparse product: its target, types, and how the metadata lies."""

    target: str
    dtype: str = "float16"
    meta: str = "uint8"
    accum: str = "float32"
    arch: str = ""
    registers: bool = False
    transposed_e: bool = False

    def layout(self, buffer: Any) -> Any:
        """CUTLASS's layout of metadata, which upstream's compressor makes."""
        block = {"block_k": 64} if self.arch == "9.0" else {}
        return make_cutlass_metadata_layout(buffer, mma_dtype=self.dtype, arch=self.arch, **block)

    def inputs(self, rng: Any) -> dict[str, Any]:
        """Small integers, and metadata that hardware accepts."""
        dtype = EXTENDED.get(self.dtype, self.dtype)
        A, B = (rng.integers(-3, 4, shape).astype(dtype) for shape in ((128, 64), (64, 128)))
        places = np.array(SINGLES if self.dtype == "float32" else PAIRS, dtype="uint8")
        nibbles = places[rng.integers(0, len(places), (128, 64 if self.dtype == "float32" else 32))]
        E = (nibbles[:, ::2] | nibbles[:, 1::2] << 4).view(self.meta)
        return {"A": A, "E": E.T.copy() if self.transposed_e else E, "B": B}

    def expected(self, A: Any, E: Any, B: Any) -> Any:
        """The product of the dense matrix, by the book."""
        raw = np.ascontiguousarray(E.T if self.transposed_e else E).view("uint8")
        nibbles = np.stack([raw & 15, raw >> 4], axis=-1).reshape(128, -1)
        dense = np.zeros((128, 128))
        for (row, group), nibble in np.ndenumerate(nibbles):
            if self.dtype == "float32":
                dense[row, 2 * group + SINGLES.index(nibble)] = A[row, group]
            else:
                dense[row, 4 * group + (nibble & 3)] = A[row, 2 * group]
                dense[row, 4 * group + (nibble >> 2)] = A[row, 2 * group + 1]
        return dense @ B.astype("float64").T


@functools.cache
def base(form: Form) -> Base:
    layout = form.layout if form.arch else None
    func = sparse_product(form.dtype, form.meta, form.accum, layout, form.registers, form.transposed_e)
    return Base("", form.target, func=func, inputs=form.inputs)


WGMMA, MMA = "tl.ptx_wgmma_sp_ss", "tirx.ptx_mma_sp"
FORMS = [
    Form("cuda:sm_80", meta="int16", arch="8.0"),
    Form("cuda:sm_80", "int8", "int32", "int32"),
    Form("cuda:sm_80", "float32", "int16"),
    Form("cuda:sm_90a", arch="9.0"),
    Form("cuda:sm_90a", "int8", "uint8", "int32", arch="9.0"),
    Form("cuda:sm_90a", "float32", "int16"),
    Form("cuda:sm_90a", registers=True),
]
SLOW = [
    Form("cuda:sm_80"),
    Form("cuda:sm_80", "bfloat16", "int16"),
    Form("cuda:sm_80", "int8", "uint8", "int32"),
    Form("cuda:sm_80", "float8_e4m3"),
    Form("cuda:sm_80", meta="int16", transposed_e=True),
    Form("cuda:sm_80", registers=True),
    Form("cuda:sm_90a", "bfloat16", "int16"),
    Form("cuda:sm_90a", "int8", "int16", "int32"),
    Form("cuda:sm_90a", "float8_e4m3"),
    Form("cuda:sm_90a", meta="int16", transposed_e=True),
]


def name_of(form: Form) -> str:
    how = ["registers"] * form.registers + ["transposed"] * form.transposed_e + ["annotated"] * bool(form.arch)
    return "-".join([form.target[5:], form.dtype, form.meta, *how])


def expected_findings(form: Form, stage: Any) -> set[str]:
    """InjectFenceProxy of 0.1.11 does not know that wgmma.sp reads shared memory by the asynchronous proxy."""
    unfenced = LANE == "0.1.11" and form.target == "cuda:sm_90a" and stage.level.fences
    host = stage.name.startswith("tirx.Filter") and not stage.name.endswith(".2")
    return {"fence"} if unfenced and not host else set()


@pytest.mark.parametrize("form", [pytest.param(form, id=name_of(form)) for form in FORMS])
def test_sparse_product_is_the_dense_one(form: Form) -> None:
    of = base(form)
    assert of.judge.oracle is not None
    assert (of.judge.oracle["C"] == form.expected(*(of.arguments.values[n] for n in "AEB"))).all()
    for name in ("LayoutInference", "LowerTileOp", "last"):
        result = of.clean(name)
        assert result.verdict == "exact", (result.name, result.detail)
        assert {f.kind for f in result.findings} == expected_findings(form, of.stage(name)), result.findings


@pytest.mark.slow
@pytest.mark.parametrize("form", [pytest.param(form, id=name_of(form)) for form in FORMS + SLOW])
def test_sparse_product_at_every_boundary(form: Form) -> None:
    of = base(form)
    for stage in of.pipeline.distinct():
        result = of.judge.judge(stage)
        assert result.verdict in ("exact", "host"), (stage.name, result.detail)
        assert {f.kind for f in result.findings} == expected_findings(form, stage), result.findings


@pytest.mark.parametrize("target", ["cuda:sm_80", "cuda:sm_90a"])
def test_narrow_metadata_of_wide_values_is_read_from_other_rows(target: str) -> None:
    """Upstream's map of 8-bit metadata for 32-bit values goes through 28 rows of 16, and misses half of those."""
    of = base(Form(target, "float32", "uint8"))
    assert not of.clean("LayoutInference").failed
    assert {"differs", "out-of-bounds"} <= kinds(of.clean("LowerTileOp"))


@pytest.mark.parametrize(("form", "operation", "position"), [(FORMS[3], WGMMA, 10), (FORMS[0], MMA, 14)])
def test_either_pair_of_lanes_may_hold_the_metadata(form: Form, operation: str, position: int) -> None:
    """Upstream loads the same words into both, so that the other selector is the same product."""
    stage = base(form).stage("LowerTileOp")
    other = in_module(stage.module, argument(operation, position, lambda selector: 1))
    assert not kinds(base(form).judge.judge(replace(stage, module=other)))


def test_the_lanes_that_hold_metadata() -> None:
    """One lane of the quad for four groups of a row, two for eight; all four, of a row each, for sixteen."""
    assert [holders(16, 2, s)[0][9, 3] for s in range(4)] == [4, 5, 6, 7]
    assert [holders(32, 2, s)[0][1, [0, 7]].tolist() for s in (0, 1)] == [[4, 5], [6, 7]]
    assert [holders(64, 1, 0)[0][row, [0, 8]].tolist() for row in (1, 9)] == [[4, 6], [5, 7]]
    assert holders(32, 2, 0)[1][[0, 8], 6].tolist() == [2, 6]  # the second row is in the upper half of the word
    with pytest.raises(Unsupported):
        holders(64, 1, 1)


GEMM = "tl.tileop.gemm_sp"
HOPPER, HELD, AMPERE = Form("cuda:sm_90a", arch="9.0"), Form("cuda:sm_90a", registers=True), FORMS[0]
MUTANTS: list[Any] = [
    pytest.param(
        HOPPER, "LayoutInference", argument(GEMM, 6, lambda flag: 1 - int(flag)), "malformed", id="transposed"
    ),
    pytest.param(HOPPER, "LayoutInference", remove("tl.tileop.copy", 1), "uninitialised", id="no-metadata"),
    pytest.param(HOPPER, "LayoutInference", remove(GEMM), "differs", id="no-product"),
    pytest.param(HOPPER, "LowerTileOp", argument(WGMMA, 10, lambda selector: 2), "unsupported", id="no-such-lanes"),
    pytest.param(HOPPER, "LowerTileOp", argument(WGMMA, 9, lambda at: 0), "differs", id="metadata-of-the-first-step"),
    pytest.param(HOPPER, "LowerTileOp", argument(WGMMA, 7, lambda at: at + 1), "differs", id="values-aside"),
    pytest.param(HOPPER, "LowerTileOp", argument(WGMMA, 12, lambda at: at + 1), "differs", id="dense-operand-aside"),
    pytest.param(HOPPER, "LowerTileOp", remove("tl.warpgroup_wait"), "in-flight", id="no-wait"),
    pytest.param(HELD, "LowerTileOp", argument("tl.ptx_wgmma_sp_rs", 6, lambda at: 0), "differs", id="held-values"),
    pytest.param(HELD, "LowerTileOp", argument("tl.ptx_wgmma_sp_rs", 8, lambda at: 0), "differs", id="held-metadata"),
    pytest.param(AMPERE, "LowerTileOp", argument(MMA, 14, lambda selector: 2), "unsupported", id="mma-no-such-lanes"),
    pytest.param(
        AMPERE, "LowerTileOp", argument(MMA, 13, lambda at: 0), "differs", id="mma-metadata-of-the-first-rows"
    ),
    pytest.param(
        AMPERE, "LowerTileOp", argument(MMA, 13, lambda at: at + 1), "malformed", id="mma-metadata-half-a-word"
    ),
    pytest.param(AMPERE, "LowerTileOp", argument(MMA, 7, lambda at: at + 2), "differs", id="mma-values-aside"),
]


@pytest.mark.parametrize(("form", "after", "edit", "noticed"), MUTANTS)
def test_broken_sparse_product_is_noticed(form: Form, after: str, edit: Edit, noticed: str) -> None:
    of = base(form)
    stage = of.stage(after)
    found = kinds(of.judge.judge(replace(stage, module=in_module(stage.module, edit))))
    assert noticed in found, found or "nothing"
