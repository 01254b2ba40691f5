"""Boundary shapes are derived from what the kernel divides by what."""

from __future__ import annotations

from pathlib import Path

import pytest

from tl_passlab.cases import find_cases, read_case
from tl_passlab.model import CaseInfo
from tl_passlab.parity.protocol import Parameter
from tl_passlab.parity.shapes import Dimension, boundary_sizes, dimensions, tiles_of


def case(tmp_path: Path, body: str, sizes: str = '{"M": 100, "N": 64, "stages": 2}') -> CaseInfo:
    path = tmp_path / "kernel.py"
    path.write_text(f'"""A kernel."""\nSIZES = {sizes}\n\ndef kernel(M, N, stages):\n    {body}\n')
    return read_case(path, "kernel")


def test_ceildiv_is_ragged_and_floor_division_is_not(tmp_path: Path) -> None:
    found = dimensions(case(tmp_path, "return T.ceildiv(M, 64), N // 32, stages - 1"))
    assert found == {"M": Dimension(64, True), "N": Dimension(32, False)}


def test_a_size_divided_both_ways_must_be_a_multiple(tmp_path: Path) -> None:
    assert dimensions(case(tmp_path, "return T.ceildiv(M, 64), M // 16"))["M"] == Dimension(64, False)


def test_boundary_sizes_lie_on_both_sides_of_the_tile(tmp_path: Path) -> None:
    variants = boundary_sizes(case(tmp_path, "return T.ceildiv(M, 64), N // 32"))
    assert {v["M"] for v in variants.values()} >= {1, 63, 64, 65, 100, 165}
    assert all(v["N"] % 32 == 0 and v["stages"] == 2 for v in variants.values())
    prime = variants["primes"]["M"]
    assert prime > 64 and all(prime % d for d in range(2, prime))


def test_a_kernel_without_dimensions_runs_as_declared(tmp_path: Path) -> None:
    assert list(boundary_sizes(case(tmp_path, "return 1"))) == ["declared"]


def test_a_borrowed_kernel_is_read_where_it_lies() -> None:
    infos = {info.name: info for info in find_cases()}
    assert dimensions(infos["dynamic/gemm_tails"])["K"] == Dimension(32, True)
    assert dimensions(infos["attention/flash_forward_causal"])["seq"] == Dimension(64, True)


@pytest.mark.parametrize("info", find_cases(), ids=lambda info: info.stem)
def test_every_case_has_boundary_sizes_that_keep_its_other_sizes(info: CaseInfo) -> None:
    names = set(dimensions(info))
    for sizes in boundary_sizes(info).values():
        assert {n: v for n, v in sizes.items() if n not in names} == {
            n: v for n, v in info.sizes.items() if n not in names
        }


def test_tiles_are_found_by_the_extents_of_the_parameters(tmp_path: Path) -> None:
    info = case(tmp_path, "return T.ceildiv(M, 64), N // 32")
    tiles = tiles_of(info, lambda s: [Parameter("C", (s["M"], 3, s["N"]), "float32"), Parameter("m", (None,), "int32")])
    assert tiles == {"C": (64, 0, 32), "m": (0,)}
