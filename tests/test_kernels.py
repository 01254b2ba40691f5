"""What counts as a kernel in a user's file, and how it is built."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tl_passlab import kernels
from tl_passlab.cases import check_sizes, load_case
from tl_passlab.errors import UsageError
from tl_passlab.importing import import_file

FILE = """
import tilelang
import tilelang.language as T


@T.prim_func
def plain(A: T.Tensor((32,), "float32")):
    with T.Kernel(1, threads=32) as _:
        for i in T.Parallel(32):
            A[i] = T.float32(1)


def factory(M, value=2):
    @T.prim_func
    def main(A: T.Tensor((M,), "float32")):
        with T.Kernel(1, threads=32) as _:
            for i in T.Parallel(M):
                A[i] = T.float32(value)

    return main


@tilelang.jit(pass_configs={"tl.disable_warp_specialized": True})
def jitted(M, value=3):
    return factory(M, value)


def wrapped(M):
    return jitted


def wrong(M):
    return M


NUMBER = 3
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("user") / "several.py"
    path.write_text(FILE)
    return path


@pytest.fixture(scope="module")
def module(file: Path) -> ModuleType:
    return import_file(file)


def test_prim_func_is_built_as_it_is(module: ModuleType) -> None:
    build, sizes, configs = kernels.builder(module.plain, "several.py::plain")
    assert build() is module.plain
    assert (sizes, configs) == ({}, {})


def test_factory_is_called_with_its_sizes(module: ModuleType) -> None:
    build, sizes, _ = kernels.builder(module.factory, "several.py::factory")
    assert sizes == {"value": 2}
    assert kernels.is_primfunc(build(M=64))
    assert "64" in str(build(M=64)) and "64" not in str(build(M=32))


def test_jit_factory_brings_its_pass_configuration(module: ModuleType) -> None:
    build, sizes, configs = kernels.builder(module.jitted, "several.py::jitted")
    assert sizes == {"value": 3}
    assert configs == {"tl.disable_warp_specialized": True}
    assert kernels.is_primfunc(build(M=32, value=3))


def test_function_that_returns_no_kernel_is_a_usage_error(module: ModuleType) -> None:
    build, _, _ = kernels.builder(module.wrong, "several.py::wrong")
    with pytest.raises(UsageError, match="returned a int, not a"):
        build(M=3)


def test_something_else_is_a_usage_error(module: ModuleType) -> None:
    with pytest.raises(UsageError, match="not a kernel but a int"):
        kernels.builder(module.NUMBER, "several.py::NUMBER")


def test_kernel_names_prefers_what_is_certain(module: ModuleType) -> None:
    assert kernels.kernel_names(module) == ["plain", "jitted"]


def test_sizes_are_checked_against_the_users_own_parameters(file: Path) -> None:
    case = load_case(f"{file}::jitted")
    check_sizes(case, {"M": 32})
    with pytest.raises(UsageError, match="'M'"):
        check_sizes(case, {})
    with pytest.raises(UsageError, match="'K'"):
        check_sizes(case, {"M": 32, "K": 3})
