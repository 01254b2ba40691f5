"""Runs one step of a compiled kernel and judges it. Runs in the child process."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tl_passlab.errors import one_line
from tl_passlab.model import Case
from tl_passlab.parity import outcome as kinds
from tl_passlab.parity.compare import compare
from tl_passlab.parity.inputs import make_inputs
from tl_passlab.parity.memory import POISONS, Guarded, as_bytes, guarded, guarded_copy, poisoned_elements
from tl_passlab.parity.outcome import Difference, Step
from tl_passlab.parity.protocol import Parameter, Program
from tl_passlab.parity.tolerance import Expected, exemption, expectations


@dataclass(frozen=True)
class Judgement:
    """The part of an outcome that the child finds."""

    kind: str
    reason: str = ""
    detail: str = ""
    differences: tuple[Difference, ...] = ()
    launch_ms: float = 0.0


@dataclass(frozen=True)
class Run:
    """What one launch left."""

    outputs: Mapping[str, Any]
    fault: Judgement | None
    launch_ms: float
    unwritten: Mapping[str, Any]


def judge(
    case: Case, program: Program, step: Step, device: str, tiles: Mapping[str, Sequence[int]]
) -> Judgement | None:
    """Run twice on the step's inputs, and compare; None where the step's profile does not apply to the case."""
    try:
        inputs = make_inputs(case, step.sizes, step.seed, step.profile)
        if inputs is None:
            return None
        expected = expectations(case, inputs)
    except Exception as error:
        # Before the kernel has run: whatever it is, the kernel is not to blame.
        return Judgement(kinds.CASE_ERROR, f"the case's own inputs or reference fail: {one_line(error)}")
    fault = _misfit(program.parameters, inputs, expected)
    if fault is not None:
        return fault
    first, second = (_run(program, inputs, expected, device, fill) for fill in POISONS)
    for fault in (first.fault, second.fault, _unwritten(first, second, expected), _unequal(case, first, second)):
        if fault is not None:
            return fault
    return _compared(second, expected, tiles)


def _misfit(
    parameters: Sequence[Parameter], inputs: Mapping[str, Any], expected: Mapping[str, Expected]
) -> Judgement | None:
    """Whether the kernel's parameters are those of the case, in shape and type."""
    named = {p.name: p for p in parameters}
    missing = [name for name in (*inputs, *expected) if name not in named]
    if missing:
        return Judgement(kinds.SHAPE, f"the kernel has no parameter {missing[0]}; it has {', '.join(named)}")
    shapes = {**{n: e.value.shape for n, e in expected.items()}, **{n: t.shape for n, t in inputs.items()}}
    for name, shape in shapes.items():
        declared = named[name].shape
        fits = len(declared) == len(shape) and all(d in (None, s) for d, s in zip(declared, shape, strict=True))
        if not fits:
            return Judgement(kinds.SHAPE, f"{name} is {tuple(shape)}, the kernel declares {declared}")
    for name, tensor in inputs.items():
        dtype = str(tensor.dtype).removeprefix("torch.")
        if dtype != named[name].dtype:
            return Judgement(kinds.DTYPE, f"{name} is {dtype}, the kernel declares {named[name].dtype}")
    for name, e in expected.items():
        if e.value.dtype.is_floating_point != named[name].dtype.startswith(("float", "bfloat")):
            kind = str(e.value.dtype).removeprefix("torch.")
            return Judgement(kinds.DTYPE, f"{name} should be {kind}, the kernel declares {named[name].dtype}")
    return None


def _run(program: Program, inputs: Mapping[str, Any], expected: Mapping[str, Expected], device: str, fill: int) -> Run:
    """One launch on fresh guarded memory: what it wrote where it must not, and what it left unwritten."""
    zones: dict[str, Guarded] = {}
    for parameter in program.parameters:
        name = parameter.name
        if name in inputs:
            zones[name] = guarded_copy(inputs[name], device)
        else:
            shape = expected[name].value.shape if name in expected else [e or 1 for e in parameter.shape]
            zones[name] = guarded(shape, parameter.dtype, device, fill)
    start = time.perf_counter()
    program.launch([zones[p.name].tensor for p in program.parameters])
    ms = (time.perf_counter() - start) * 1e3
    fault = None
    for name, zone in zones.items():
        if not zone.intact():
            side = "before" if bool((zone.before != 0xFF).any()) else "after"
            fault = Judgement(kinds.OUT_OF_BOUNDS, f"the kernel wrote {side} the memory of {name}")
        if name in inputs and name not in expected and _changed(zone.tensor, inputs[name]):
            fault = Judgement(kinds.INPUT_MODIFIED, f"the kernel changed its input {name}")
    outputs = {name: zones[name].tensor.cpu() for name in expected}
    unwritten = {name: poisoned_elements(outputs[name], fill) for name in expected if name not in inputs}
    return Run(outputs, fault, ms, unwritten)


def _changed(on_device: Any, original: Any) -> bool:
    import torch

    return not torch.equal(as_bytes(on_device.cpu()), as_bytes(original))


def _unwritten(first: Run, second: Run, expected: Mapping[str, Expected]) -> Judgement | None:
    """Elements that hold the first poison after the first run and the second after the second."""
    for name, mask in first.unwritten.items():
        left = mask & second.unwritten[name]
        count = int(left.sum())
        if count:
            place = _index(int(left.nonzero()[0]), expected[name].value.shape)
            reason = f"{count} of {left.numel()} elements of {name} were never written, the first at {list(place)}"
            return Judgement(kinds.UNWRITTEN, reason, detail=_map(left.view(expected[name].value.shape)))
    return None


def _map(mask: Any) -> str:
    import torch

    from tl_passlab.parity.error_map import draw

    return draw(mask, torch.zeros_like(mask))


def _unequal(case: Case, first: Run, second: Run) -> Judgement | None:
    """Whether two launches on the same inputs differ in a bit."""
    if not exemption(case).repeatable:
        return None
    for name, one in first.outputs.items():
        other = second.outputs[name]
        differ = (as_bytes(one) != as_bytes(other)).view(-1, one.element_size()).any(dim=1)
        count = int(differ.sum())
        if count:
            place = _index(int(differ.nonzero()[0]), one.shape)
            a, b = (float(t.flatten()[int(differ.nonzero()[0])]) for t in (one, other))
            reason = f"{count} of {differ.numel()} elements of {name} differ between two runs on the same inputs"
            detail = f"first at {list(place)}: {a:.9g}, then {b:.9g}\n{_map(differ.view(one.shape))}"
            return Judgement(kinds.NONDETERMINISTIC, reason, detail)
    return None


def _compared(run: Run, expected: Mapping[str, Expected], tiles: Mapping[str, Sequence[int]]) -> Judgement:
    found = []
    for name, want in expected.items():
        got = run.outputs[name]
        bound = want.bound(str(got.dtype).removeprefix("torch."))
        found.append(compare(name, got, want.value, bound, tiles.get(name, ())))
    differences = tuple(d for _, d in found)
    bad = [(kind, d) for kind, d in found if kind != kinds.PASS]
    if not bad:
        return Judgement(kinds.PASS, differences=differences, launch_ms=run.launch_ms)
    kind, worst = bad[0]
    what = "not finite, or should not be" if kind == kinds.NONFINITE else "off by more than the bound"
    reason = f"{worst.wrong} of {worst.total} elements of {worst.output} are {what}"
    return Judgement(kind, reason, differences=differences, launch_ms=run.launch_ms)


def _index(flat: int, shape: Sequence[int]) -> tuple[int, ...]:
    index = []
    for extent in reversed(shape):
        index.append(flat % extent)
        flat //= extent
    return tuple(reversed(index))
