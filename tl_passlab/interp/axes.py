"""Values: a Python or NumPy scalar when all lanes agree, else an array of five axes [lane, p0, p1, p2, vector].

Fixed axes make every broadcast meaningful: T.Parallel loops and vector lanes become axes instead of iterations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

RANK = 5
LANE = 0
FIRST_PARALLEL = 1
PARALLEL_AXES = 3
VECTOR = 4


def along(axis: int, values: Any) -> Any:
    """A one-dimensional sequence laid along one axis."""
    shape = [1] * RANK
    array = np.asarray(values)
    shape[axis] = array.size
    return array.reshape(shape)


def uniform(value: Any) -> Any:
    """The scalar that all lanes share, or None when lanes differ."""
    if not isinstance(value, np.ndarray):
        return value
    first: Any = value.flat[0]
    if value.size == 1 or bool((value == first).all()):
        return first.item() if value.dtype.kind in "iub" else first
    return None


def lanes_of(value: Any, count: int) -> Any:
    """A value as one entry per lane (other axes must be of length one)."""
    if not isinstance(value, np.ndarray):
        return np.full(count, value)
    return np.broadcast_to(value.reshape(value.shape[0], -1)[:, 0], (count,))


def both(left: Any, right: Any) -> Any:
    """The conjunction of two masks, where None means all lanes."""
    if left is None:
        return right
    return np.logical_and(left, right)
