"""TMA in im2col mode: what it brings is right, broken arguments are noticed, and upstream's own mistake is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.interp.kernels.columns import columns
from tests.interp.mutation.edit import Edit, argument, in_module, remove, rewrite, with_args
from tests.interp.mutation.kernels import Base
from tests.interp.mutation.mutant import kinds

LOAD, MAP = "tl.tma_load_im2col", "tl.create_tma_im2col_descriptor"
X, TAP_X = 4, 7  # arguments of a load
STEP_X, LOWER_X, UPPER_X, SWIZZLE = 12, 15, 17, 22  # arguments of a map


def lowered(**shape: Any) -> Base:
    return Base("", "cuda:sm_90a", func=columns(**shape))


@pytest.fixture(scope="module")
def plain() -> Base:
    return lowered(images=2)


def test_every_boundary_brings_the_same_columns(plain: Base) -> None:
    for stage in plain.pipeline.distinct():
        result = plain.judge.judge(stage)
        assert result.verdict in ("exact", "host") and not result.findings, (stage.name, result.detail, result.findings)


@pytest.mark.parametrize("shape", [{"stride": 2, "size": (7, 7)}, {"dilation": 2, "pad": 2}, {"kernel": 1, "pad": 0}])
def test_steps_and_taps_are_right(shape: dict[str, Any]) -> None:
    of = lowered(**shape)
    for name in ("LowerTileOp", "LowerHopperIntrin"):
        assert of.judge.judge(of.stage(name)).verdict == "exact"


@pytest.mark.parametrize("shape", [{"pad": 0}, {"pad": 2}])
def test_rows_that_grow_or_shrink_are_wrong_from_LowerTileOp_on(shape: dict[str, Any]) -> None:
    """Upstream issue 2426: the map's upper corner takes neither the kernel's size nor its dilation into account."""
    of = lowered(**shape)
    assert of.judge.judge(of.stage("LayoutInference")).verdict == "exact"
    assert of.judge.judge(of.stage("LowerTileOp")).failed


def on_map(position: int, value: int) -> Edit:
    def change(call: Any) -> Any:
        import tvm

        if str(getattr(call.op, "name", "")) != MAP:
            return None
        args = list(call.args)
        args[position] = tvm.tirx.IntImm("int32", value)
        return with_args(call, args)

    return rewrite(["Call"], change)


MUTANTS: list[Any] = [
    pytest.param(argument(LOAD, TAP_X, lambda tap: 0), {"differs"}, id="same-tap"),
    pytest.param(argument(LOAD, X, lambda x: x + 1), {"differs"}, id="another-pixel"),
    pytest.param(argument(LOAD, X, lambda x: x - 1), {"misuse"}, id="outside-of-the-box"),
    pytest.param(on_map(UPPER_X, 0), {"differs"}, id="wider-rows"),
    pytest.param(on_map(LOWER_X, 0), {"misuse"}, id="rows-start-later"),
    pytest.param(on_map(STEP_X, 2), {"differs"}, id="every-other-pixel"),
    pytest.param(on_map(SWIZZLE, 0), {"differs"}, id="no-swizzle"),
    pytest.param(remove("tl.mbarrier_expect_tx"), {"deadlock", "race"}, id="no-bytes-expected"),
    pytest.param(remove("tl.mbarrier_wait_parity"), {"race"}, id="no-wait"),
    pytest.param(remove(LOAD), {"deadlock"}, id="no-load"),
]


@pytest.mark.parametrize(("edit", "noticed"), MUTANTS)
def test_broken_load_is_noticed(plain: Base, edit: Edit, noticed: set[str]) -> None:
    stage = plain.stage("LowerTileOp")
    found = kinds(plain.judge.judge(replace(stage, module=in_module(stage.module, edit))))
    assert found & noticed, f"expected one of {noticed}, found {found or 'nothing'}"
