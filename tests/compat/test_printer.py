"""The printer: layouts where they are used, and nothing else changed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.lowering import trace_of


def printed(padding: int = 8) -> str:
    from tests.kernels import renamed
    from tl_passlab.compat.passes import as_module
    from tl_passlab.compat.printer import print_module

    return print_module(as_module(renamed.annotated(padding)))


def test_layout_is_written_in_place_of_the_reference() -> None:
    text = printed()
    assert "metadata" not in text
    assert "A_shared: Layout((32, 32) -> (1272,): (_i, _j) = (_i * 40 + _j,))" in text


def test_layouts_that_differ_print_differently() -> None:
    assert printed(8) != printed(16)


def test_module_without_layouts_prints_as_upstream_does() -> None:
    from tests.kernels import renamed
    from tl_passlab.compat.passes import as_module
    from tl_passlab.compat.printer import print_module

    module: Any = as_module(renamed.kernel("first"))
    assert print_module(module) == str(module.script(show_meta=True))


def test_fragment_has_threads_registers_and_replication() -> None:
    text = trace_of("pipeline/gemm_pipelined", "cuda:sm_90a").after("LayoutInference")
    fragment = re.search(r"C_local: Fragment\((.*)", text)
    assert fragment is not None
    # 64 x 64 elements over 128 threads are 32 registers each.
    assert fragment.group(1).startswith("(64, 64) -> (32,): (_i, _j) = (")
    assert "; thread = " in fragment.group(1) and "replicate = 1)" in fragment.group(1)


@pytest.mark.parametrize("size", [1, 64])
def test_shape_of_one_dimension_is_a_tuple(size: int) -> None:
    from tilelang.layout import Layout

    from tl_passlab.compat import printer

    assert printer._layout(Layout((size,), lambda i: i + 1)).startswith(f"Layout(({size},) -> ({size + 1},): (_i,) = (")
