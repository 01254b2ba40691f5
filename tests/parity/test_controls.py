"""Right kernels, in the precisions and orders that real ones use: each must pass under the error model's bound.

And under adversarial values too; a bound that only random numbers keep would cry wolf.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch

from tests.parity.judging import judge_played
from tl_passlab.parity import outcome as kinds

F32, F16, BF16 = torch.float32, torch.float16, torch.bfloat16


class Control(NamedTuple):
    """Inputs, float64 reference, the function that plays the kernel, and its outputs' types."""

    inputs: Callable[[Any], dict[str, Any]]
    reference: Callable[..., dict[str, Any]]
    play: Callable[..., None]
    outputs: dict[str, str]


def normal(rng: Any, *shape: int, dtype: Any = F32) -> Any:
    return torch.from_numpy(rng.standard_normal(shape)).to(dtype)


def pair(dtype: Any, m: int = 48, n: int = 40, k: int = 200) -> Callable[[Any], dict[str, Any]]:
    return lambda rng: {"A": normal(rng, m, k, dtype=dtype), "B": normal(rng, k, n, dtype=dtype)}


def product(A: Any, B: Any) -> dict[str, Any]:
    return {"C": A.double() @ B.double()}


def blocked(A: Any, B: Any, C: Any, step: int = 16, order: int = 1) -> None:
    """float32 accumulation over blocks of K, forwards or backwards."""
    total = torch.zeros(C.shape)
    for k in list(range(0, A.shape[1], step))[::order]:
        total += A[:, k : k + step].float() @ B[k : k + step].float()
    C.copy_(total)


def tf32(t: Any) -> Any:
    return (t.view(torch.int32) & ~0x1FFF).view(F32)


def rows(rng: Any) -> dict[str, Any]:
    return {"X": normal(rng, 30, 257) * 4}


def running_sum(X: Any, Y: Any) -> None:
    total = torch.zeros(X.shape[0])
    for j in range(X.shape[1]):
        total = total + X[:, j]
        Y[:, j] = total


def strided_sum(X: Any, Y: Any) -> None:
    padded = torch.nn.functional.pad(X, (0, -X.shape[1] % 32))
    Y.copy_(padded.view(X.shape[0], -1, 32).sum(1).sum(1))


def softmax_reference(X: Any) -> dict[str, Any]:
    return {"Y": X.double().softmax(1)}


def softmax_by_exp2(X: Any, Y: Any) -> None:
    scaled = X * 1.4426950408889634
    weights = torch.exp2(scaled - scaled.amax(1, keepdim=True))
    Y.copy_(weights / weights.sum(1, keepdim=True))


def heads(rng: Any) -> dict[str, Any]:
    return {name: normal(rng, 2, 96, 32, dtype=F16) for name in "QKV"}


def attention_reference(Q: Any, K: Any, V: Any) -> dict[str, Any]:
    return {"O": (Q.double() @ K.double().mT / 32**0.5).softmax(-1) @ V.double()}


def attention(Q: Any, K: Any, V: Any, O: Any) -> None:  # noqa: E741
    """Weights rounded to float16 before the second product, one block of keys after the other."""
    scale = 1.4426950408889634 / 32**0.5
    top, total, acc = torch.full((2, 96, 1), -torch.inf), torch.zeros(2, 96, 1), torch.zeros(2, 96, 32)
    for k in range(0, 96, 32):
        scores = Q.float() @ K[:, k : k + 32].float().mT
        new = torch.maximum(top, scores.amax(-1, keepdim=True))
        weights, fade = torch.exp2((scores - new) * scale), torch.exp2((top - new) * scale)
        total, top = total * fade + weights.sum(-1, keepdim=True), new
        acc = acc * fade + weights.half().float() @ V[:, k : k + 32].float()
    O.copy_(acc / total)


def quantise(X: Any) -> Any:
    return (X * 16.0).clamp(-448, 448).to(torch.float8_e4m3fn)


def histogram_inputs(rng: Any) -> dict[str, Any]:
    return {
        "X": torch.from_numpy(rng.integers(0, 9, 500)).int(),
        "counts": torch.from_numpy(rng.integers(1, 5, 9)).int(),
    }


def add_counts(X: Any, counts: Any) -> None:
    counts += X.long().bincount(minlength=9).int()


def rms_reference(X: Any) -> dict[str, Any]:
    x = X.double()
    return {"Y": x / (x.pow(2).mean(1, keepdim=True) + 1e-6).sqrt()}


CONTROLS = {
    "gemm float16": Control(pair(F16), product, blocked, {"C": "float32"}),
    "gemm float16, K backwards": Control(
        pair(F16), product, lambda A, B, C: blocked(A, B, C, 32, -1), {"C": "float32"}
    ),
    "gemm float16, one product at a time": Control(
        pair(F16), product, lambda A, B, C: blocked(A, B, C, 1), {"C": "float32"}
    ),
    "gemm float16 to float16": Control(pair(F16), product, blocked, {"C": "float16"}),
    "gemm bfloat16": Control(pair(BF16), product, blocked, {"C": "float32"}),
    "gemm bfloat16 to bfloat16": Control(pair(BF16), product, blocked, {"C": "bfloat16"}),
    "gemm float32 through TF32": Control(
        pair(F32), product, lambda A, B, C: blocked(tf32(A), tf32(B), C), {"C": "float32"}
    ),
    "gemm long K": Control(pair(F16, 16, 16, 4096), product, blocked, {"C": "float32"}),
    "add": Control(
        lambda rng: {"A": normal(rng, 9, 70), "B": normal(rng, 9, 70)},
        lambda A, B: {"C": A.double() + B.double()},
        lambda A, B, C: C.copy_(A + B),
        {"C": "float32"},
    ),
    "transpose": Control(rows, lambda X: {"Y": X.double().T.contiguous()}, lambda X, Y: Y.copy_(X.T), {"Y": "float32"}),
    "row sum, in order": Control(
        rows, lambda X: {"Y": X.double().sum(1)}, lambda X, Y: Y.copy_(X.cumsum(1)[:, -1]), {"Y": "float32"}
    ),
    "row sum, strided": Control(rows, lambda X: {"Y": X.double().sum(1)}, strided_sum, {"Y": "float32"}),
    "cumulative sum": Control(rows, lambda X: {"Y": X.double().cumsum(1)}, running_sum, {"Y": "float32"}),
    "softmax": Control(rows, softmax_reference, lambda X, Y: Y.copy_(X.softmax(1)), {"Y": "float32"}),
    "softmax by exp2": Control(rows, softmax_reference, softmax_by_exp2, {"Y": "float32"}),
    "logsumexp": Control(
        rows, lambda X: {"Y": X.double().logsumexp(1)}, lambda X, Y: Y.copy_(X.logsumexp(1)), {"Y": "float32"}
    ),
    "attention": Control(heads, attention_reference, attention, {"O": "float16"}),
    "rms norm": Control(
        rows,
        rms_reference,
        lambda X, Y: Y.copy_(X * (X.pow(2).mean(1, keepdim=True) + 1e-6).rsqrt()),
        {"Y": "float32"},
    ),
    "silu": Control(
        rows,
        lambda X: {"Y": torch.nn.functional.silu(X.double())},
        lambda X, Y: Y.copy_(X / (1 + torch.exp(-X))),
        {"Y": "float32"},
    ),
    "quantise to e4m3": Control(
        rows, lambda X: {"Y": quantise(X.double())}, lambda X, Y: Y.copy_(quantise(X)), {"Y": "float8_e4m3fn"}
    ),
    "histogram in place": Control(
        histogram_inputs,
        lambda X, counts: {"counts": counts + X.long().bincount(minlength=9)},
        add_counts,
        {"counts": "int32"},
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_control_passes(name: str) -> None:
    judgement = judge_played(*CONTROLS[name])
    assert judgement.kind == kinds.PASS, judgement


@pytest.mark.parametrize("profile", ["tiny", "large", "cancelling"])
@pytest.mark.parametrize("name", [name for name in CONTROLS if name != "histogram in place"])
def test_control_passes_on_adversarial_values(name: str, profile: str) -> None:
    judgement = judge_played(*CONTROLS[name], profile=profile)
    assert judgement.kind == kinds.PASS, judgement


# TF32 keeps no more than eleven bits of its operands, and over 4,096 products the bound is wider than a half's ulp.
LOOSE = ("gemm float32 through TF32", "gemm long K")
TIGHT = [name for name, control in CONTROLS.items() if "float32" in control.outputs.values() and name not in LOOSE]


@pytest.mark.parametrize("name", TIGHT)
def test_control_rounded_to_half_before_it_is_stored_fails(name: str) -> None:
    """The bound is tight enough to see eleven bits where twenty-four were meant."""
    control = CONTROLS[name]

    def coarse(*tensors: Any) -> None:
        control.play(*tensors)
        tensors[-1].copy_(tensors[-1].half().float())

    assert judge_played(control.inputs, control.reference, coarse, control.outputs).kind == kinds.NUMERICAL
