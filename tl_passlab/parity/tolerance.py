"""The bound that an output must keep: from the error model, and nowhere else unless a reason stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tl_passlab.model import Case
from tl_passlab.parity.error_model import bounded_reference, output_bound


@dataclass(frozen=True)
class Exemption:
    """What is not asked of a case, and why: a factor on the bound, or repeatability waived."""

    reason: str
    factor: float = 1.0
    repeatable: bool = True


# Case name -> what the error model cannot know of it. Empty is the normal state.
EXEMPTIONS: dict[str, Exemption] = {}


@dataclass(frozen=True)
class Expected:
    """An output as it must be: the value in float64 (or exact, for integers) and the allowed error."""

    value: Any
    error: Any
    factor: float = 1.0

    def bound(self, dtype: str) -> Any:
        """The allowed error of an output of that type."""
        return output_bound(self.value, self.error, dtype) * self.factor


def expectations(case: Case, inputs: dict[str, Any]) -> dict[str, Expected]:
    """Output name -> what it must be, from the case's reference run on these inputs."""
    if case.reference is None:
        return {}
    # A reference may write into its arguments; the kernel must be given the originals.
    copies = {name: tensor.clone() for name, tensor in inputs.items()}
    found = bounded_reference(case.reference, copies)
    factor = exemption(case).factor
    return {name: Expected(value.detach(), error.detach(), factor) for name, (value, error) in found.items()}


def exemption(case: Case) -> Exemption:
    """What is waived for a case; nothing unless it is listed."""
    return EXEMPTIONS.get(case.info.name, Exemption(""))
