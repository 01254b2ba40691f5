"""Tensors between guard zones, outputs filled with poison: what a kernel must not touch, and must not leave.

Every buffer lies in an allocation of its own between two zones of 0xFF bytes, which is NaN in every float type: a
read past the edge spoils the result, a write past it is found afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# A multiple of every alignment that TMA, vector loads and allocators ask for.
GUARD = 4096
GUARD_BYTE = 0xFF
# Two patterns, because a right result can equal one of them. 0xFF.. is NaN in every float type; 0xA5.. is a small
# negative number, so that a kernel which accumulates onto its output is wrong by another amount in each run.
POISONS = (0xFF, 0xA5)


@dataclass(frozen=True)
class Guarded:
    """A tensor and the bytes around it."""

    tensor: Any
    before: Any
    after: Any

    def intact(self) -> bool:
        """Whether nothing wrote into the guard zones."""
        return bool((self.before == GUARD_BYTE).all()) and bool((self.after == GUARD_BYTE).all())


def guarded(shape: Sequence[int], dtype: str, device: str, fill: int) -> Guarded:
    """A contiguous tensor of that shape, every byte `fill`, between guard zones."""
    import torch

    kind = getattr(torch, dtype)
    nbytes = kind.itemsize
    for extent in shape:
        nbytes *= extent
    raw = torch.full((GUARD + nbytes + GUARD,), GUARD_BYTE, dtype=torch.uint8, device=device)
    raw[GUARD : GUARD + nbytes] = fill
    tensor = raw[GUARD : GUARD + nbytes].view(kind).view(tuple(shape))
    return Guarded(tensor, raw[:GUARD], raw[GUARD + nbytes :])


def guarded_copy(source: Any, device: str) -> Guarded:
    """A copy of a tensor on a device, between guard zones."""
    zone = guarded(source.shape, str(source.dtype).removeprefix("torch."), device, GUARD_BYTE)
    as_bytes(zone.tensor).copy_(as_bytes(source))
    return zone


def as_bytes(tensor: Any) -> Any:
    """The bytes of a contiguous tensor, in order: NaN equals itself there, and -0.0 differs from 0.0."""
    import torch

    return tensor.contiguous().view(-1).view(torch.uint8)


def poisoned_elements(tensor: Any, fill: int) -> Any:
    """Which elements still hold the poison in every byte; flat."""
    return (as_bytes(tensor).view(-1, tensor.element_size()) == fill).all(dim=1)
