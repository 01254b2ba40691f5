"""The values a kernel is run on: seeded, masks empty and full, adversarial. Zeros are never used as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tl_passlab.errors import UsageError
from tl_passlab.model import Case

# Every run; then the ones that `--adversarial` adds.
PROFILES = ("random", "mask empty", "mask full")
ADVERSARIAL = ("tiny", "large", "cancelling", "nonfinite")

# Kernels for which a NaN or an Inf in has one right answer out. A matrix product spreads one over a row and a column
# (and 0 * Inf makes more), so those are left out.
TAKES_NONFINITE = ("elementwise/add", "layout/transpose")

# The factors keep every product of the cases inside its accumulator: 2**6 squared, times a row of 512, is below 65504.
LARGE = 2.0**3
SMALLEST_NORMAL = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126}


def make_inputs(case: Case, sizes: Mapping[str, Any], seed: int, profile: str) -> dict[str, Any] | None:
    """The input tensors by parameter name, on the CPU; None where the profile does not apply to this case.

    Raises UsageError when the case feeds a kernel nothing but zeros.
    """
    import numpy as np

    if case.inputs is None:
        raise UsageError("parity", case.info.name, "it has no inputs()")
    tensors = dict(case.inputs(np.random.default_rng(seed), **sizes))
    transform = TRANSFORMS.get(profile)
    if transform is not None and not transform(case, tensors, np.random.default_rng(seed + 1)):
        return None
    for name, tensor in tensors.items():
        if profile == "random" and tensor.dtype.is_floating_point and tensor.numel() and not _any_nonzero(tensor):
            what = f"input {name} is all zeros, on which wrong kernels look right"
            raise UsageError("parity", case.info.name, what)
    return {name: tensor.contiguous() for name, tensor in tensors.items()}


def _any_nonzero(tensor: Any) -> bool:
    return bool((tensor.float() != 0).any())


def _is_mask(tensor: Any) -> bool:
    """An integer or boolean tensor that has both 0 and 1, and nothing else."""
    if tensor.dtype.is_floating_point:
        return False
    return bool(sorted(set(tensor.flatten().tolist())) in ([0, 1], [False, True]))


def _fill_masks(value: int) -> Callable[[Case, dict[str, Any], Any], bool]:
    def fill(case: Case, tensors: dict[str, Any], rng: Any) -> bool:
        masks = [tensor for tensor in tensors.values() if _is_mask(tensor)]
        for mask in masks:
            mask.fill_(value)
        return bool(masks)

    return fill


def _floats(tensors: Mapping[str, Any]) -> list[Any]:
    return [t for t in tensors.values() if str(t.dtype).removeprefix("torch.") in SMALLEST_NORMAL]


def _tiny(case: Case, tensors: dict[str, Any], rng: Any) -> bool:
    """A quarter of the elements become subnormal numbers of their type."""
    from torch import from_numpy

    for tensor in _floats(tensors):
        scale = SMALLEST_NORMAL[str(tensor.dtype).removeprefix("torch.")] / 4
        chosen = from_numpy(rng.random(tuple(tensor.shape))) < 0.25
        tensor[chosen] = (tensor.double()[chosen] * scale).to(tensor.dtype)
    return bool(_floats(tensors))


def _large(case: Case, tensors: dict[str, Any], rng: Any) -> bool:
    for tensor in _floats(tensors):
        tensor.mul_(LARGE)
    return bool(_floats(tensors))


def _cancelling(case: Case, tensors: dict[str, Any], rng: Any) -> bool:
    """Neighbours along the last axis nearly cancel: sums come out small beside their terms."""
    for tensor in _floats(tensors):
        pairs = tensor.shape[-1] // 2 if tensor.dim() else 0
        if pairs:
            tensor[..., 1 : 2 * pairs : 2] = -tensor[..., 0 : 2 * pairs : 2] * (1 + 2.0**-6)
    return bool(_floats(tensors))


def _nonfinite(case: Case, tensors: dict[str, Any], rng: Any) -> bool:
    if case.info.name not in TAKES_NONFINITE:
        return False
    for tensor in _floats(tensors):
        flat = tensor.view(-1)
        for value in (float("nan"), float("inf"), -float("inf")):
            flat[int(rng.integers(flat.numel()))] = value
    return bool(_floats(tensors))


TRANSFORMS: dict[str, Callable[[Case, dict[str, Any], Any], bool]] = {
    "mask empty": _fill_masks(0),
    "mask full": _fill_masks(1),
    "tiny": _tiny,
    "large": _large,
    "cancelling": _cancelling,
    "nonfinite": _nonfinite,
}
