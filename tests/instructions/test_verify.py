"""The check of a table against the source: each mutant of source or claim is caught, the clean pair passes."""

from __future__ import annotations

import dataclasses

from tl_passlab.instructions.rows import Row, Store
from tl_passlab.instructions.verify import disagreements, missing_from_source, same_source
from tl_passlab.passes.own.instruction_kinds import SPELLINGS, kind_of, spelling

COPY = Row(0, "copy", "A -> A_shared", "k.py", 3, "T.copy(A, A_shared)", "copy", 1, "cp.async", {"ptx_cp_async": 2})
STORE = Row(
    1,
    "copy",
    "C_local -> C",
    "k.py",
    9,
    "",
    "copy",
    1,
    "vectorised copy",
    {},
    (Store("C_1", "global", "float32x4", 4),),
)
SOURCE = """
  tl::cp_async_gs<16>(A_shared, A);
  tl::cp_async_gs_conditional<16>(A_shared, A, ok);
  *(float4*)(C + 4 * tx) = *(float4*)(C_local + 0);
"""


def problems(source: str = SOURCE, row: Row = COPY, total: int = 2) -> list[str]:
    return missing_from_source(source, "cuda", {"ptx_cp_async": total}, [row, STORE])


def test_the_clean_pair_passes() -> None:
    assert problems() == []


def test_an_instruction_that_the_source_lacks_is_reported() -> None:
    assert problems(SOURCE.replace("cp_async_gs<16>", "copy16")) == [
        "ptx_cp_async: 2 in the lowered IR, 1 in the generated source"
    ]


def test_an_instruction_too_many_in_the_source_is_reported() -> None:
    assert problems(SOURCE + "tl::cp_async_gs<4>(x, y);") != []


def test_a_vector_store_that_is_scalar_in_the_source_is_reported() -> None:
    assert problems(SOURCE.replace("*(float4*)(C + 4 * tx) =", "C[tx] =")) != []


def test_a_vector_store_through_a_function_is_found() -> None:
    assert problems(SOURCE.replace("*(float4*)(C + 4 * tx) =", "tl::store_global_256(&(C[tx]), x); y =")) == []


def test_a_vector_store_to_a_variable_of_vector_type_is_found() -> None:
    by_index = SOURCE.replace("*(float4*)(C + 4 * tx) =", "C[tx] =")
    assert problems("device float4* C" + by_index) == []
    assert problems("device float2* C" + by_index) != []


def test_a_scalar_store_is_found_by_its_index() -> None:
    scalar = dataclasses.replace(STORE, stores=(Store("C", "global", "float32", 1),))
    assert missing_from_source("  C[tx] = x;", "cuda", {}, [scalar]) == []
    assert missing_from_source("  D[tx] = x;", "cuda", {}, [scalar]) != []


def test_a_source_that_following_changed_is_reported_with_its_line() -> None:
    assert same_source("a = b_1;\nc;", "a = b_2;\nc;") == [], "ordinals of names are upstream's own noise"
    (problem,) = same_source("a;\nd;", "a;\nc;")
    assert "first in line 2" in problem


def test_what_upstream_says_is_compared_with_the_kind() -> None:
    assert disagreements([dataclasses.replace(COPY, upstream="cp_async")]) == []
    assert "annotates sync, emits cp.async" in disagreements([dataclasses.replace(COPY, upstream="sync")])[0]
    product = dataclasses.replace(COPY, operator="gemm", kind="mma", selector="cuda.wgmma")
    assert "selects cuda.wgmma, emits mma" in disagreements([product])[0]
    assert disagreements([dataclasses.replace(product, selector="cuda.mma", upstream="mma")]) == []


def test_the_kind_is_the_strongest_instructions() -> None:
    assert kind_of("gemm", {"ptx_ldmatrix": 4, "ptx_mma": 2}, None) == "mma"
    assert kind_of("copy", {}, 8) == "vectorised copy"
    assert kind_of("copy", {}, 1) == "scalar copy"
    assert kind_of("gemm", {}, 1) == "fma"
    assert kind_of("reduce", {"tl::AllReduce<tl::SumOp, 32, 1>::run": 1}, 1) == "all-reduce"
    assert kind_of("copy", {}, None) == "nothing"


def test_every_target_has_spellings_and_an_external_function_is_its_own() -> None:
    assert set(SPELLINGS) == {"cuda", "metal", "hip", "c"}
    assert spelling("tl::CumSum2D<128>::run", "cuda") == r"tl::CumSum2D<128>::run"
    assert spelling("simdgroup_load", "cuda") == ""
