"""What tile operators become, on real kernels: read off the source by hand, and compared with what is derived."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from tests.lowering import LANE
from tl_passlab.cases import load_case
from tl_passlab.errors import FindingError
from tl_passlab.instructions.rows import Table, as_json, from_json
from tl_passlab.targets import parse_target

KERNELS = Path(__file__).parent / "kernels.py"

# Line of the kernel -> kind, as the generated source shows it: tl::tma_load, tl::cp_async_gs, uint4 assignments ...
SM_90A = {
    "T.clear(C_local)": "vectorised loop",
    "T.copy(bias, bias_local)": "vectorised copy",
    "T.copy(A[by * 64, ko * 32], A_shared)": "tma",
    "T.copy(B[ko * 32, bx * 64], B_shared, disable_tma=True)": "vectorised copy",
    "T.gemm(A_shared, B_shared, C_local)": "wgmma",
    "T.copy(C_local, C_shared)": "stmatrix",
    "T.copy(C_shared, C[by * 64, bx * 64])": "tma",
}
SM_80 = {
    "T.clear(C_local)": "vectorised loop",
    "T.copy(bias, bias_local)": "vectorised copy",
    "T.copy(A[by * 64, ko * 32], A_shared)": "cp.async",
    "T.copy(B[ko * 32, bx * 64], B_shared, disable_tma=True)": "cp.async",
    "T.gemm(A_shared, B_shared, C_local)": "mma",
    "T.copy(C_local, C_shared)": "vectorised copy",
    "T.copy(C_shared, C[by * 64, bx * 64])": "vectorised copy",
}


@functools.lru_cache(maxsize=8)
def table(reference: str, spec: str) -> Table:
    import tl_passlab.compat  # noqa: F401
    from tl_passlab.instructions.derive import derive

    return derive(load_case(reference), parse_target(spec))


@pytest.mark.parametrize(("spec", "expected"), [("cuda:sm_90a", SM_90A), ("cuda:sm_80", SM_80)])
def test_each_of_many_copies_is_matched_to_its_line(spec: str, expected: dict[str, str]) -> None:
    found = table(f"{KERNELS}::many_copies", spec)
    assert {row.text: row.kind for row in found.rows if row.operator != "parallel"} == expected
    assert found.problems == ()


def test_padded_rows_are_filled_by_cp_async_where_TMA_would_be_possible() -> None:
    kinds = {row.operands: row.kind for row in table("layout/padded_layout", "cuda:sm_90a").rows}
    assert kinds["A -> A_shared"] == kinds["B -> B_shared"] == "cp.async"
    swizzled = {row.operands: row.kind for row in table("layout/swizzled_layout", "cuda:sm_90a").rows}
    assert swizzled["A -> A_shared"] == swizzled["B -> B_shared"] == "tma"


def test_TMA_and_cp_async_in_one_loop_are_told_apart() -> None:
    kinds = {row.operands: row.kind for row in table("pipeline/mixed_tma_cp_async", "cuda:sm_90a").rows}
    assert kinds["A -> A_shared"] == "tma"
    assert kinds["B, rows -> B_shared"] == "cp.async"


@pytest.mark.parametrize(
    ("spec", "copy", "product", "copies"),
    [
        ("cuda:sm_80", "cp.async", "mma", 3),
        ("cuda:sm_90a", "tma", "wgmma", 1),
        ("cuda:sm_100a", "tma", "mma", 1),
        ("metal", "vectorised copy", "simdgroup", 3),
        ("hip:gfx942", "vectorised copy", "mfma", 1),
        ("hip:gfx950", "cp.async", "mfma", 3),
    ],
)
def test_a_pipelined_gemm_on_every_target(spec: str, copy: str, product: str, copies: int) -> None:
    found = table("pipeline/gemm_pipelined", spec)
    rows = {row.operands: row for row in found.rows}
    assert rows["A -> A_shared"].kind == rows["B -> B_shared"].kind == copy
    assert rows["A_shared, B_shared -> C_local"].kind == product
    assert rows["A -> A_shared"].copies == copies, "prologue, body and epilogue are counted"
    assert found.problems == ()


def test_following_lets_neighbouring_conditions_be_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """FuseMBarrierArriveExpectTx makes one `if` of the copy's and of the next: with marks in the way it cannot."""
    found = table("hopper/barriers_of_two_kinds", "cuda:sm_90a")
    assert [row.kind for row in found.rows if row.operator == "tma_copy"] == ["tma"]
    assert found.problems == ()

    from tl_passlab.instructions.derive import derive
    from tl_passlab.passes.own import neighbours

    monkeypatch.setattr(neighbours, "JOINING", ())
    (problem,) = derive(load_case("hopper/barriers_of_two_kinds"), parse_target("cuda:sm_90a")).problems
    assert "following the operators changed the generated source" in problem


def test_gather4_and_scatter4_are_kinds_of_their_own() -> None:
    found = table(f"{KERNELS.parent.parent}/passes/kernels.py::gather4", "cuda:sm_100a")
    assert [row.kind for row in found.rows] == ["tma gather4", "tma scatter4"]
    assert found.problems == ()


def test_a_product_in_tensor_memory_is_tcgen05() -> None:
    found = table(f"{KERNELS}::tensor_memory", "cuda:sm_100a")
    kinds = {row.operands: row.kind for row in found.rows}
    assert kinds["A_shared, B_shared -> C_tmem"] == "tcgen05"
    assert kinds["C_tmem -> C_local"] == "tcgen05.ld"
    assert kinds["C_local -> C"] == "vectorised copy"
    assert found.problems == ()


def test_upstreams_own_annotation_is_shown_where_it_is_wrong() -> None:
    """Its pass says `sync` of copies that become TMA; it exists up to 0.1.11."""
    found = table("pipeline/gemm_pipelined", "cuda:sm_90a")
    said = [line for line in found.disagreements if "upstream annotates sync, emits tma" in line]
    assert len(said) == (2 if LANE.tilelang in ("0.1.10", "0.1.11") else 0)


def test_upstreams_gemm_selector_agrees_with_what_is_emitted() -> None:
    for spec, key in (("cuda:sm_80", "cuda.mma"), ("cuda:sm_90a", "cuda.wgmma"), ("metal", "metal.simdgroup")):
        (product,) = (row for row in table("pipeline/gemm_pipelined", spec).rows if row.operator == "gemm")
        assert product.selector == key


def test_a_kernel_that_does_not_lower_is_a_finding() -> None:
    with pytest.raises(FindingError) as caught:
        table("reject/unequal_stages", "cuda:sm_80")
    assert "InputShape() = (2, 64, 64)" in caught.value.evidence


def test_a_table_survives_its_way_out_of_the_child() -> None:
    found = table("pipeline/gemm_pipelined", "cuda:sm_80")
    assert from_json(as_json(found)) == found


@pytest.mark.parametrize("spec", ["cuda:sm_80", "cuda:sm_90a", "metal"])
def test_InstructionAnnotation_annotates_what_the_table_says(spec: str) -> None:
    from tl_passlab.compat import lowering, passes
    from tl_passlab.compat.printer import print_module
    from tl_passlab.passes import PASSES

    case, target, own = (
        load_case("pipeline/gemm_pipelined"),
        parse_target(spec),
        PASSES["passlab.InstructionAnnotation"],
    )
    with lowering.pass_context(target, {}):
        func = case.build(**case.info.sizes)
    mod = passes.module_before(func, target, {}, own.takes_input_of)
    before, after = print_module(mod), print_module(own.apply(mod, target))
    rows = [row for row in table("pipeline/gemm_pipelined", spec).rows if row.operator != "parallel"]
    assert [row.kind for row in rows] == [part.partition('"')[0] for part in after.split('tl_instruction_kind="')[1:]]
    assert own.violations(before, after) == []
