"""Plays the matrix product of `gemm.py` on the CPU, fault by fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

Body = Callable[[Any, Any, Any, dict[Any, Any]], None]


def _product(A: Any, B: Any) -> Any:
    return A.float() @ B.float()


def _half_accumulation(A: Any, B: Any, C: Any, memory: dict[Any, Any]) -> None:
    total = torch.zeros(C.shape, dtype=torch.float16)
    for k in range(0, A.shape[1], 16):
        total += _product(A[:, k : k + 16], B[k : k + 16]).half()
    C.copy_(total)


def _off_by_one(A: Any, B: Any, C: Any, memory: dict[Any, Any]) -> None:
    C.copy_(_product(torch.nn.functional.pad(A, (0, 1))[:, 1:], B))


def _transposed_tiles(A: Any, B: Any, C: Any, memory: dict[Any, Any]) -> None:
    right = torch.nn.functional.pad(_product(A, B), (0, -C.shape[1] % 64, 0, -C.shape[0] % 64))
    rows, columns = right.shape
    tiles = right.view(rows // 64, 64, columns // 64, 64).transpose(1, 3).reshape(rows, columns)
    C.copy_(tiles[: C.shape[0], : C.shape[1]])


def _stale(A: Any, B: Any, C: Any, memory: dict[Any, Any]) -> None:
    """What a cache keyed by shape does: the first answer for ever."""
    C.copy_(memory.setdefault(C.shape, _product(A, B)))


def _missing_barrier(A: Any, B: Any, C: Any, memory: dict[Any, Any]) -> None:
    """Some elements are read before or after another thread's write, as it happens."""
    C.copy_(_product(A, B))
    C.view(-1)[:: 1 + memory.setdefault("launches", 1)] *= 0.5
    memory["launches"] += 1


def _tail_left(A: Any, B: Any, C: Any, memory: dict[Any, Any]) -> None:
    C[: max(C.shape[0] - 8, 0)] = _product(A, B)[: max(C.shape[0] - 8, 0)]


def _first(k: int) -> Body:
    return lambda A, B, C, memory: C.copy_(_product(A[:, :k], B[:k]))


FAULTS: dict[str, Body] = {
    "dropped K tail": lambda A, B, C, m: C.copy_(_product(A[:, : A.shape[1] // 32 * 32], B[: B.shape[0] // 32 * 32])),
    "off by one": _off_by_one,
    "one shape only": _first(96),
    "wrong scale": lambda A, B, C, m: C.copy_(_product(A, B) * 0.999),
    "swapped transpose": _transposed_tiles,
    "float16 accumulation": _half_accumulation,
    "uninitialised accumulator": lambda A, B, C, m: C.add_(_product(A, B)),
    "zeros": lambda A, B, C, m: C.zero_(),
    "stale": _stale,
    "missing barrier": _missing_barrier,
    "unwritten tail": _tail_left,
    "returns its input": lambda A, B, C, m: C.copy_(A.float().repeat(1, 1 + C.shape[1] // A.shape[1])[:, : C.shape[1]]),
}


def play(M: int, N: int, K: int, fault: str) -> Callable[..., None]:
    """The kernel as a function of its parameters. A launch remembers what earlier launches left."""
    memory: dict[Any, Any] = {}
    if not fault:
        return lambda A, B, C: C.copy_(_product(A, B))
    return lambda A, B, C: FAULTS[fault](A, B, C, memory)
