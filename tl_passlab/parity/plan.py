"""What a parity run consists of: case x target x steps, or the reason why a pair is not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tl_passlab import lanes
from tl_passlab.cases import find_cases
from tl_passlab.errors import UsageError
from tl_passlab.model import CaseInfo, Target
from tl_passlab.parity.inputs import ADVERSARIAL, PROFILES
from tl_passlab.parity.known import unavailable
from tl_passlab.parity.loading import find_case
from tl_passlab.parity.outcome import Step
from tl_passlab.parity.runners import RUNNER_OF_KIND, why_not
from tl_passlab.parity.shapes import boundary_sizes
from tl_passlab.targets import SUPPORTED, parse_target

DEVICES = ("auto", *dict.fromkeys(RUNNER_OF_KIND.values()), "python")


@dataclass(frozen=True)
class Choice:
    """What the user asked for."""

    cases: tuple[str, ...] = ()
    device: str = "auto"
    targets: tuple[str, ...] = ()
    seeds: int = 2
    adversarial: bool = False
    sizes: Mapping[str, Any] | None = None
    seed: int | None = None
    profile: str | None = None


@dataclass(frozen=True)
class Pair:
    """One case on one target: its steps, or why it is skipped."""

    case: CaseInfo
    target: Target
    runner: str
    steps: tuple[Step, ...] = ()
    skipped: str = ""


def plan(choice: Choice) -> list[Pair]:
    """Every pair, in the order of the cases. Raises UsageError on an unknown case, target, device or profile."""
    if choice.device not in DEVICES:
        raise UsageError("--device", choice.device, f"one of {', '.join(DEVICES)}", next_command="passlab devices")
    infos = [find_case(reference) for reference in choice.cases] if choice.cases else find_cases()
    targets = _targets(choice)
    pairs = [_pair(info, target, choice) for info in infos for target in targets if not _aside(info, target, choice)]
    if choice.cases and not pairs:
        names = ", ".join(choice.cases)
        raise UsageError("parity", names, "no target of it has a device runner", next_command="passlab devices")
    return pairs


def _targets(choice: Choice) -> list[Target]:
    named = [parse_target(spec) for spec in choice.targets]
    if named or choice.device == "python":
        return named or [parse_target("c")]
    wanted = [parse_target(spec) for spec in SUPPORTED]
    return [t for t in wanted if choice.device in ("auto", RUNNER_OF_KIND.get(t.kind)) and t.kind in RUNNER_OF_KIND]


def _aside(info: CaseInfo, target: Target, choice: Choice) -> bool:
    """Pairs nobody expects: a case that must be rejected, or that says it does not lower there, unless asked for."""
    return bool(info.rejected_on(target, _lane())) or (not choice.targets and bool(info.reason_not_on(target, _lane())))


def _lane() -> str:
    version = lanes.installed_version("tilelang")
    return lanes.lane_for(version)[0].tilelang if version else lanes.DEFAULT_LANE


def _pair(info: CaseInfo, target: Target, choice: Choice) -> Pair:
    runner = "python" if choice.device == "python" else RUNNER_OF_KIND.get(target.kind, "")
    if choice.device not in ("auto", runner):
        return Pair(info, target, runner, skipped=f"{target.spec} is not for --device {choice.device}")
    reason = info.reason_not_on(target, _lane()) if runner != "python" else ""
    reason = reason or unavailable(info.name, target.spec) or _incomparable(info)
    reason = reason or ("" if runner == "python" else why_not(target))
    return Pair(info, target, runner, () if reason else tuple(steps(info, choice)), reason)


def _incomparable(info: CaseInfo) -> str:
    """Why there is nothing to compare with; read from the source, so that it costs no import."""
    source = info.path.read_text(encoding="utf-8")
    absent = [name for name in ("inputs", "reference") if f"def {name}(" not in source and not _imports(source, name)]
    return f"the case has no {absent[0]}()" if absent else ""


def _imports(source: str, name: str) -> bool:
    lines = [line for line in source.splitlines() if line.startswith("from ")]
    return any(name in line.partition(" import ")[2].replace(",", " ").split() for line in lines)


def steps(info: CaseInfo, choice: Choice) -> list[Step]:
    """Every variant of the sizes with every profile and seed; a fixed profile of a mask needs one seed only."""
    if choice.sizes:
        unknown = set(choice.sizes) - set(info.sizes)
        if unknown:
            names = ", ".join(info.sizes)
            raise UsageError("--set", ", ".join(sorted(unknown)), f"{info.name} has the sizes {names}")
        variants = {"given": {**info.sizes, **choice.sizes}}
    else:
        variants = boundary_sizes(info)
    known = (*PROFILES, *ADVERSARIAL)
    if choice.profile is not None and choice.profile not in known:
        raise UsageError("--profile", choice.profile, f"one of {', '.join(known)}")
    profiles: Sequence[str] = (*PROFILES, *(ADVERSARIAL if choice.adversarial else ()))
    if choice.profile is not None:
        profiles = (choice.profile,)
    elif choice.seed is not None:
        profiles = ("random",)
    seeds = [choice.seed] if choice.seed is not None else list(range(1, choice.seeds + 1))
    return [
        Step(variant, sizes, seed, profile)
        for variant, sizes in variants.items()
        for profile in profiles
        for seed in (seeds if profile == "random" or choice.seed is not None else seeds[:1])
    ]
