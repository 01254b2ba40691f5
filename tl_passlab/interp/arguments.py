"""Arguments of a run: a case's own inputs or generated ones as NumPy arrays, and unwritten memory for outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import ml_dtypes
import numpy as np

from tl_passlab.errors import UsageError, one_line
from tl_passlab.interp import addresses, dtypes
from tl_passlab.model import Case

INTEGER_LIMIT = 3
# Where cases whose inputs and reference are right can be read.
CASES = "passlab cases"
INEXACT = ("exp", "log", "sqrt", "tanh", "sigmoid", "Div(", "sin", "cos", "erf", "pow")
TORCH_EXTENDED = {
    "bfloat16": ml_dtypes.bfloat16,
    "float8_e4m3fn": ml_dtypes.float8_e4m3fn,
    "float8_e5m2": ml_dtypes.float8_e5m2,
    "float8_e8m0fnu": ml_dtypes.float8_e8m0fnu,
}


@dataclass(frozen=True)
class Arguments:
    """Arrays and scalars by parameter name, in the order of the parameters; `exact` when arithmetic cannot round.

    `addresses` are those of the tensors behind tables of pointers, whose arrays are among the values.
    """

    values: Mapping[str, Any]
    order: list[str]
    inputs: tuple[str, ...]
    exact: bool
    torch_inputs: Mapping[str, Any]
    addresses: Mapping[str, int] = field(default_factory=dict)


def parameters(func: Any) -> list[tuple[str, Any]]:
    """The parameters of a PrimFunc: name and buffer (None for a scalar)."""
    found = []
    for param in func.params:
        buffer = func.buffer_map.get(param, None)
        found.append(
            (str(buffer.name) if buffer is not None else str(param.name), buffer if buffer is not None else None)
        )
    return found


def make_arguments(case: Case, func: Any, sizes: Mapping[str, Any], seed: int) -> Arguments:
    """Inputs from the case when it declares them, random ones otherwise; every other parameter is poisoned memory."""
    rng = np.random.default_rng(seed)
    params = parameters(func)
    exact = not any(word in str(func) for word in INEXACT)
    given: dict[str, Any] = {}
    if case.inputs is not None:
        given = _given(case, rng, {**case.info.sizes, **sizes})
        unknown = set(given) - {name for name, _ in params}
        if unknown:
            raise UsageError("check", case.info.name, f"inputs() names {min(unknown)}, which is no parameter")
    arrays = {name: to_numpy(value) for name, value in given.items()}
    if exact:
        arrays = {name: integer_valued(value) for name, value in arrays.items()}
    shapes = _dynamic_extents(params, arrays, sizes)
    values: dict[str, Any] = {}
    for name, buffer in params:
        if name in arrays:
            _require_shape(case, name, arrays[name], buffer)
            values[name] = arrays[name]
        elif buffer is None:
            values[name] = sizes.get(name, 1)
        else:
            values[name] = _random(buffer, shapes, rng, exact=exact) if case.inputs is None else _poison(buffer, shapes)
    inputs = tuple(arrays) if arrays else tuple(n for n, b in params if b is not None)
    torch_inputs = {name: to_torch(values[name], like) for name, like in given.items()}
    placed = _behind(func, values, set(arrays), lambda buffer: _random(buffer, shapes, rng, exact=exact))
    return Arguments(values, [n for n, _ in params], inputs, exact, torch_inputs, placed)


def _given(case: Case, rng: Any, sizes: Mapping[str, Any]) -> dict[str, Any]:
    assert case.inputs is not None
    try:
        return dict(case.inputs(rng, **sizes))
    except Exception as error:
        why = f"its inputs() fails: {one_line(error)}"
        raise UsageError("check", case.info.name, why, next_command=CASES) from error


def _behind(func: Any, values: dict[str, Any], given: set[str], generate: Callable[[Any], Any]) -> dict[str, int]:
    """Fill the tables of pointers that nobody gave with tensors, which become values too; returns their addresses."""
    tables = {n: buffer for n, buffer in addresses.tables(func).items() if n in values and n not in given}
    placed = addresses.assigned({name: values[name].size for name in tables})
    for name, buffer in tables.items():
        names = [addresses.name_of(name, i) for i in range(values[name].size)]
        values |= {n: generate(buffer) for n in names}
        values[name] = np.array([placed[n] for n in names], dtype=np.int64).reshape(values[name].shape)
    return placed


def _require_shape(case: Case, name: str, array: Any, buffer: Any) -> None:
    """Raise UsageError when an input has not the shape that the kernel declares (packed elements are not counted)."""
    given, declared = getattr(array, "shape", ()), list(buffer.shape) if buffer is not None else []
    fits = len(given) == len(declared) and all(
        type(e).__name__ != "IntImm" or int(e) == n for e, n in zip(declared, given, strict=True)
    )
    if not fits and (buffer is None or int(buffer.dtype.bits) >= 8):
        what = f"inputs() gives {name} as {tuple(given)}, and the kernel declares ({', '.join(map(str, declared))})"
        raise UsageError("check", case.info.name, what)


def with_inputs(arguments: Arguments, given: Mapping[str, Any]) -> Arguments:
    """The same arguments with some inputs replaced, by those of a device run for example."""
    inputs = {n: v for n, v in given.items() if n in arguments.inputs}
    torch_inputs = {n: to_torch(inputs.get(n, arguments.values[n]), like) for n, like in arguments.torch_inputs.items()}
    return replace(arguments, values={**arguments.values, **inputs}, exact=False, torch_inputs=torch_inputs)


def _poison(buffer: Any, shapes: Mapping[int, int]) -> Any:
    shape = [_extent(e, shapes, str(buffer.name)) for e in buffer.shape]
    dtype = dtypes.numpy_type(str(buffer.dtype))
    return np.full(shape, 0xFF, dtype=np.uint8).repeat(dtype.itemsize, axis=-1).view(dtype).reshape(shape)


def _random(buffer: Any, shapes: Mapping[int, int], rng: Any, *, exact: bool) -> Any:
    shape = [_extent(e, shapes, str(buffer.name)) for e in buffer.shape]
    dtype = dtypes.numpy_type(str(buffer.dtype))
    if dtypes.is_float(dtype):
        data = rng.standard_normal(shape)
        return integer_valued(data.astype(dtype)) if exact else data.astype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(bool)
    return rng.integers(0, 4, shape).astype(dtype)


def _dynamic_extents(
    params: list[tuple[str, Any]], arrays: Mapping[str, Any], sizes: Mapping[str, Any]
) -> dict[int, int]:
    """The value of each symbolic extent, from the arrays that have it and from the sizes of its name."""
    known: dict[int, int] = {}
    for name, buffer in params:
        for d, extent in enumerate(buffer.shape if buffer is not None else []):
            if type(extent).__name__ not in ("Var", "SizeVar"):
                continue
            if name in arrays:
                known[hash(extent)] = int(arrays[name].shape[d])
            elif str(extent.name) in sizes:
                known.setdefault(hash(extent), int(sizes[str(extent.name)]))
    return known


def _extent(node: Any, known: Mapping[int, int], name: str) -> int:
    if type(node).__name__ == "IntImm":
        return int(node.value)
    if hash(node) in known:
        return known[hash(node)]
    raise UsageError(
        "check",
        name,
        f"the extent {node} is known only at launch",
        next_command=f"passlab check KERNEL --set {node}=64",
    )


def reference_outputs(case: Case, arguments: Arguments, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the case's reference makes of the inputs. Raises UsageError where that is no answer to compare with."""
    where = case.info.name
    assert case.reference is not None
    try:
        found = {name: to_numpy(value) for name, value in case.reference(**arguments.torch_inputs).items()}
    except Exception as error:
        raise UsageError("check", where, f"its reference() fails: {one_line(error)}", next_command=CASES) from error
    for name, value in found.items():
        if name not in outputs:
            why = f"its reference() returns {name}, which is no parameter of the kernel"
            raise UsageError("check", where, why, evidence=", ".join(outputs), next_command=CASES)
        if np.shape(value) != np.shape(outputs[name]):
            shapes = f"{np.shape(value)}, the kernel has {np.shape(outputs[name])}"
            raise UsageError("check", where, f"its reference() returns {name} as {shapes}", next_command=CASES)
    return found


def integer_valued(array: Any) -> Any:
    """Data of both signs as small integers, which floating arithmetic adds and multiplies without rounding."""
    if not dtypes.is_float(array.dtype) or array.size == 0:
        return array
    wide = array.astype(np.float64)
    spread = float(np.abs(wide[np.isfinite(wide)]).mean()) if np.isfinite(wide).any() else 0.0
    if not spread or not (wide < 0).any():
        return array
    return np.clip(np.rint(wide / spread), -INTEGER_LIMIT, INTEGER_LIMIT).astype(array.dtype)


def to_numpy(value: Any) -> Any:
    """A torch tensor, or anything NumPy takes, as an array."""
    if not hasattr(value, "detach"):
        return value if np.isscalar(value) else np.asarray(value)
    import torch

    name = str(value.dtype).removeprefix("torch.")
    value = value.detach().cpu().contiguous()
    if name in TORCH_EXTENDED:
        dtype = np.dtype(TORCH_EXTENDED[name])
        raw = value.view(torch.uint8 if dtype.itemsize == 1 else torch.int16).numpy()
        return raw.view(dtype)
    return value.numpy()


def to_torch(array: Any, like: Any) -> Any:
    """An array as a torch tensor of the type of `like`."""
    if not hasattr(like, "detach"):
        return array
    import torch

    if array.dtype.kind == "V" or str(array.dtype) in TORCH_EXTENDED:
        raw = torch.from_numpy(np.ascontiguousarray(array).view(np.uint8 if array.dtype.itemsize == 1 else np.int16))
        return raw.view(like.dtype)
    return torch.from_numpy(np.ascontiguousarray(array))
