"""The verdict on one run of one kernel: one shape, one seed, one kind of values."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PASS = "pass"
NUMERICAL = "numerical"
SHAPE = "shape"
DTYPE = "dtype"
NONFINITE = "nan/inf"
UNWRITTEN = "unwritten"
OUT_OF_BOUNDS = "out of bounds"
INPUT_MODIFIED = "input modified"
NONDETERMINISTIC = "nondeterministic"
RUNTIME_ERROR = "runtime error"
HANG = "hang"
COMPILE_ERROR = "compile error"
SANITIZER = "sanitizer"
CASE_ERROR = "case error"
SKIPPED = "skipped"
FAILURES = (
    NUMERICAL,
    SHAPE,
    DTYPE,
    NONFINITE,
    UNWRITTEN,
    OUT_OF_BOUNDS,
    INPUT_MODIFIED,
    NONDETERMINISTIC,
    RUNTIME_ERROR,
    HANG,
    COMPILE_ERROR,
    SANITIZER,
    CASE_ERROR,
)


@dataclass(frozen=True)
class Element:
    """One element of an output: where, what was expected, what came, what was allowed; and the tile it lies in."""

    index: tuple[int, ...]
    want: float
    got: float
    bound: float
    tile: tuple[int, ...] = ()


@dataclass(frozen=True)
class Difference:
    """How an output differs from the reference, in every measure that people ask for."""

    output: str
    wrong: int
    total: int
    max_abs: float
    max_rel: float
    max_ulp: float
    cosine: float
    ratio: float
    first: Element | None = None
    worst: Element | None = None
    error_map: str = ""


@dataclass(frozen=True)
class Step:
    """What is to be run: a variant of the sizes, a seed, a profile of values."""

    variant: str
    sizes: Mapping[str, Any]
    seed: int
    profile: str = "random"


@dataclass(frozen=True)
class Outcome:
    """The verdict, and everything needed to understand and to repeat it."""

    case: str
    target: str
    runner: str
    step: Step
    kind: str
    reason: str = ""
    detail: str = ""
    differences: tuple[Difference, ...] = ()
    device: str = ""
    lane: str = ""
    compile_s: float = 0.0
    launch_ms: float = 0.0
    replay: str = field(default="")

    @property
    def failed(self) -> bool:
        """Whether the kernel is wrong; a skipped run is no failure."""
        return self.kind in FAILURES

    @property
    def ratio(self) -> float:
        """The largest error over its bound, over all outputs."""
        return max((d.ratio for d in self.differences), default=0.0)


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Plain data; NaN and infinities as strings, because JSON has none."""
    return {key: plain(value) for key, value in dataclasses.asdict(outcome).items()}


def from_json(data: Mapping[str, Any]) -> Outcome:
    """The outcome of `to_json`'s data. Raises KeyError, TypeError or ValueError when it is none."""
    fields = dict(data)
    step = Step(**fields.pop("step"))
    differences = tuple(_difference(d) for d in fields.pop("differences"))
    for name in ("compile_s", "launch_ms"):
        fields[name] = float(fields[name])
    return Outcome(step=step, differences=differences, **fields)


def _difference(data: Mapping[str, Any]) -> Difference:
    fields = dict(data)
    for name in ("max_abs", "max_rel", "max_ulp", "cosine", "ratio"):
        fields[name] = float(fields[name])
    for name in ("first", "worst"):
        fields[name] = _element(fields[name]) if fields[name] is not None else None
    return Difference(**fields)


def _element(data: Mapping[str, Any]) -> Element:
    want, got, bound = (float(data[name]) for name in ("want", "got", "bound"))
    return Element(tuple(data["index"]), want, got, bound, tuple(data["tile"]))


def plain(value: Any) -> Any:
    """Data that JSON can hold: NaN and infinities become strings."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
