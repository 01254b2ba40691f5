"""Conversions, arithmetic and comparison where device code and NumPy disagree."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from tl_passlab.interp import arith, compare, dtypes
from tl_passlab.interp.errors import Unsupported


def test_eight_bit_floats_saturate() -> None:
    wide = np.array([1e4, -1e4, 448.0, 3.3], dtype=np.float32)
    got = dtypes.cast(wide, np.dtype(ml_dtypes.float8_e4m3fn)).astype(np.float32)
    assert got.tolist() == [448.0, -448.0, 448.0, 3.25]


def test_integer_scalars_wrap_as_their_type_does() -> None:
    assert dtypes.cast(2**31, np.dtype("int32")) == -(2**31)
    assert dtypes.cast(-1, np.dtype("uint8")) == 255


def test_float_to_integer_truncates_and_saturates() -> None:
    got = dtypes.cast(np.array([-1.9, 1e20], dtype=np.float32), np.dtype("int32"))
    assert got.tolist() == [-1, 2**31 - 1]


def test_sub_byte_types_are_unsupported() -> None:
    with pytest.raises(Unsupported):
        dtypes.numpy_type("int4")


@pytest.mark.parametrize(("left", "right"), [(-7, 2), (7, -2), (-8, 2), (6, 4)])
def test_division_truncates_and_floors_as_named(left: int, right: int) -> None:
    assert arith.divide(left, right) == int(left / right)
    assert arith.truncated_mod(left, right) == left - right * int(left / right)
    assert arith.floor_div(left, right) * right + arith.floor_mod(left, right) == left
    assert arith.divide(np.array([left]), right)[0] == int(left / right)


def test_maximum_prefers_a_number_to_nan() -> None:
    assert arith.maximum(np.float32("nan"), np.float32(1)) == 1


def test_difference_is_relative_to_the_largest_magnitude_and_names_the_worst_element() -> None:
    expected = {"C": np.array([[100.0, 1.0]])}
    (found,) = compare.differences(expected, {"C": np.array([[100.0, 2.0]])})
    assert found.error == pytest.approx(0.01)
    assert found.elements[0][0] == (0, 1)


def test_a_nan_where_a_number_is_expected_is_an_infinite_error() -> None:
    (found,) = compare.differences({"C": np.array([1.0])}, {"C": np.array([np.nan])})
    assert found.error == np.inf


def test_negative_zero_and_nan_payloads_count_as_the_same() -> None:
    assert compare.same_bits({"C": np.array([0.0, np.nan])}, {"C": np.array([-0.0, -np.nan])})
