"""Kernels, played in Python, that do to their process what kernels on devices do to theirs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

SIZES = {"N": 64, "fault": ""}

# A file that stands for a device which is gone: nothing starts any more once it exists.
GONE = os.environ.get("PASSLAB_TEST_DEVICE_GONE", "")
# A file that gets a line from each kernel that hangs, once it does.
HUNG = os.environ.get("PASSLAB_TEST_HUNG", os.devnull)
if GONE and Path(GONE).exists():
    raise SystemExit("no such device")


def kernel(N: int, fault: str) -> None:
    """There is none: the Python runner plays it."""


def parameters(N: int, fault: str) -> dict[str, Any]:
    return {
        "X": ((N,), "float32"),
        "Y": ((N + (fault == "wrong shape"),), "int32" if fault == "wrong dtype" else "float32"),
    }


def play(N: int, fault: str) -> Callable[..., None]:
    if fault == "does not compile":
        raise RuntimeError("ptxas error   : Entry function uses too much shared data")
    return lambda X, Y: FAULTS.get(fault, right)(X, Y)


def right(X: Any, Y: Any) -> None:
    Y.copy_(X * 2)


def abort(X: Any, Y: Any) -> None:
    os.abort()


def hang(X: Any, Y: Any) -> None:
    with Path(HUNG).open("a") as file:
        file.write("hanging\n")
    time.sleep(600)


def fail(X: Any, Y: Any) -> None:
    raise RuntimeError("CUDA error: an illegal memory access was encountered")


def out_of_memory(X: Any, Y: Any) -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 200.00 GiB")


def vanish(X: Any, Y: Any) -> None:
    Path(GONE).touch()
    os.abort()


def modify_input(X: Any, Y: Any) -> None:
    right(X, Y)
    X[-1] = 0


def write_past_the_end(X: Any, Y: Any) -> None:
    right(X, Y)
    torch.as_strided(Y, (1,), (1,), Y.storage_offset() + Y.numel())[0] = 1


FAULTS = {
    "abort": abort,
    "hang": hang,
    "fail": fail,
    "out of memory": out_of_memory,
    "vanish": vanish,
    "modifies its input": modify_input,
    "writes past the end": write_past_the_end,
}


def inputs(rng: Any, N: int, fault: str) -> dict[str, Any]:
    if fault == "inputs that fail":
        raise IndexError("no such shape")
    return {"X": torch.from_numpy(rng.standard_normal(N)).float()}


def reference(X: Any) -> dict[str, Any]:
    return {"Y": X.double() * 2}
